import type { FastifyInstance } from 'fastify'
import { Type, type TSchema } from 'typebox'
import { Id } from '@symbolon/contracts/limits'
import { Payment, PaymentCreate, ProblemDocument } from '@symbolon/contracts/merchant-api'
import { LedgerSummary, OperationsPayment, OperationsPayments } from '@symbolon/contracts/operations-api'
import {
  Checkout,
  CustodyMessage,
  SignAnswer,
  SignRequest,
  StopCode,
  TokenRegistration,
  WalletAccept,
  WalletCreated,
  WalletOffer,
} from '@symbolon/contracts/wallet-api'

const named = {
  Problem: ProblemDocument,
  Payment,
  PaymentCreate,
  WalletOffer,
  WalletAccept,
  WalletCreated,
  CustodyMessage,
  SignRequest,
  SignAnswer,
  StopCode,
  TokenRegistration,
  Checkout,
  LedgerSummary,
  OperationsPayment,
  OperationsPayments,
} as const
export type SchemaName = keyof typeof named

/** Registers every contract once under its name, so that the OpenAPI document has components and validation compiles each once. */
export function registerSchemas(app: FastifyInstance): void {
  for (const [name, schema] of Object.entries(named)) app.addSchema({ ...replaceNested(schema), $id: name })
}

/** A reference to a registered contract. */
export function ref(name: SchemaName): { readonly $ref: string } {
  return { $ref: `${name}#` }
}

/** Answers of an operation: its own, and a problem document for every refusal. */
export function answers(status: 200 | 201 | 204, name: SchemaName | undefined, description: string): Record<string, unknown> {
  return {
    [status]: name === undefined ? { description, type: 'null' } : { description, ...ref(name) },
    default: { description: 'A refusal; see /problems/{code}', content: { 'application/problem+json': { schema: ref('Problem') } } },
  }
}

export const PaymentPath = Type.Object({ paymentId: Id })
export const WalletPath = Type.Object({ walletId: Id })
export const AttemptPath = Type.Object({ walletId: Id, paymentAttemptId: Id })

// A contract inside a contract carries its own $id; named once, it is referred to.
function replaceNested(schema: TSchema): Record<string, unknown> {
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace)
    if (typeof value !== 'object' || value === null) return value
    if ('$id' in value && typeof value.$id === 'string') return { $ref: `${value.$id}#` }
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replace(member)]))
  }
  return Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, name === '$id' ? member : replace(member)]))
}
