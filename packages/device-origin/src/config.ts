import { Type, type Static } from 'typebox'
import { Origin } from '@symbolon/contracts/limits'

/** Configuration of the device origin. Nothing in it is secret: the whole of it reaches the browser or a header. */
export const DeviceOriginConfig = Type.Object(
  {
    listen: Type.Object(
      { host: Type.String({ maxLength: 100 }), port: Type.Integer({ minimum: 0, maximum: 65_535 }) },
      { additionalProperties: false },
    ),
    /** The built device frame: web/device-frame/dist. */
    webRoot: Type.String({ minLength: 1, maxLength: 400 }),
    /** The directory that the frame pins: issuers, their anchors and keys, the operator. Followed while it runs. */
    directoryFile: Type.String({ minLength: 1, maxLength: 400 }),
    /** Who may embed the frame: origins of chat pages. */
    frameAncestors: Type.Array(Origin, { minItems: 1, maxItems: 20 }),
    /** Where the frame may fetch merchants' keys from. */
    merchantOrigins: Type.Array(Origin, { maxItems: 100 }),
  },
  { additionalProperties: false },
)
export type DeviceOriginConfig = Static<typeof DeviceOriginConfig>
