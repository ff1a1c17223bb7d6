import { Type, type Static } from 'typebox'
import { databaseConfigSchema } from '@symbolon/service/database'

/** The owner of the operator's schemas. The roles of the planes must exist already: whoever makes them knows their passwords. */
export const schemaConfigSchema = Type.Object({ database: databaseConfigSchema }, { additionalProperties: false })
export type SchemaConfig = Static<typeof schemaConfigSchema>
