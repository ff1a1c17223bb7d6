import type { KeyObject } from 'node:crypto'
import type { DeviceKey, HexId, MessageKind, OperatorPrimitives, RefreshDemand, SignAsVault, VaultStored } from '@symbolon/custody/operator'
import type { Limits } from './config.ts'
import type { SlotTable } from './flows/slot-table.ts'
import type { OfferTable } from './flows/offer-table.ts'
import type { WalletQueue } from './flows/wallet-queue.ts'

/** The secrets of an epoch as they lie at rest. A promotion moves them as they are; the epoch id is in what they are bound to. */
export type SealedEpoch = { readonly share: Uint8Array; readonly key: Uint8Array; readonly rerandomiser: Uint8Array | null }

/** A wallet as the store holds it. */
export type Wallet = {
  readonly walletId: HexId
  readonly walletKey: Uint8Array
  readonly deviceKey: DeviceKey
  /** SHA-256 of the acceptance that made it: the same bytes again get the same answer. */
  readonly acceptHash: HexId
  /** What stands for its stop code; null once it is closed. */
  readonly stopCodeHash: HexId | null
  readonly stored: VaultStored<SealedEpoch>
}

export type SignedAttempt = {
  readonly attemptId: HexId
  readonly slotId: HexId
  readonly kind: MessageKind
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly deviceKeyKind: number
  readonly deviceSignature: Uint8Array
}

export type WalletChange = {
  readonly walletId: HexId
  readonly before: VaultStored<SealedEpoch>
  readonly after: VaultStored<SealedEpoch>
  readonly signed?: SignedAttempt
  /** The half that is born with a signed binding. */
  readonly record?: RecordHalf
  /** Every half of the wallet under the epoch that is promoted here (docs/custody.md 11). */
  readonly movedRecords?: readonly RecordHalf[]
}

/** The vault's half of one card record, sealed. */
export type RecordHalf = { readonly recordId: HexId; readonly half: Uint8Array }

/** Which wallets are to refresh: those whose id begins with the byte `group`, or all. */
export type DemandScope = { readonly kind: 'group'; readonly group: number } | { readonly kind: 'all' }

/**
 * Wallets in a store that one vault process owns at a time. Whoever opens the store fences off every earlier owner: a save of
 * theirs fails, also one that is under way. A save is one durable transaction, whole or not at all, flushed once it resolves; it
 * fails with a Fault unless the wallet stands as `before`. When a save throws, it may have happened. A save that closes the wallet
 * deletes its record halves and forgets its stop code.
 */
export interface WalletStore {
  find(walletId: HexId): Promise<Wallet | undefined>
  /**
   * As `find`, from memory if it is there: true for the owner, out of date if another vault has taken the wallets over. Whoever answers
   * on it saves, which fails then, or calls `assertOwner` first.
   */
  recall(walletId: HexId): Promise<Wallet | undefined>
  /** Fails with a Fault if another vault has opened the store before this was asked. */
  assertOwner(): Promise<void>
  /** Answers false, and changes nothing, if the wallet exists. */
  create(wallet: Wallet): Promise<boolean>
  save(change: WalletChange): Promise<void>
  /** What was signed for a slot of this wallet. */
  findSigned(walletId: HexId, slotId: HexId): Promise<SignedAttempt | undefined>
  /** The latest payment that was signed under this attempt id. */
  findPayment(walletId: HexId, attemptId: HexId): Promise<SignedAttempt | undefined>
  findRecord(walletId: HexId, recordId: HexId): Promise<Uint8Array | undefined>
  /** Every record half of the wallet. */
  listRecords(walletId: HexId): Promise<readonly RecordHalf[]>
  /** The wallet whose stop code has this hash. */
  findByStopCode(stopCodeHash: HexId): Promise<HexId | undefined>
  /** Marks every wallet of the scope that is neither frozen nor closed, and answers how many. A save under way on one of them fails. */
  demandRefresh(scope: DemandScope, demand: RefreshDemand): Promise<number>
  /** Wallets, frozen and closed ones too, with values that another generation than this one sealed: those behind `after`, by id. */
  listStale(generation: number, after: HexId, limit: number): Promise<readonly SealedRow[]>
  countStale(generation: number): Promise<number>
  /** How many sealed values need which generation. */
  countByGeneration(): Promise<ReadonlyMap<number, number>>
  /** Puts the same secrets under other seals, whatever the state of the wallet is. Fails with a Fault unless they stand as `before`. */
  reseal(change: Resealing): Promise<void>
  /** A number that only grows, as long as nobody puts an older database in its place. */
  readMark(): Promise<number>
  writeMark(mark: number): Promise<void>
}

/** A wallet with everything that is sealed for it. */
export type SealedRow = { readonly wallet: Wallet; readonly records: readonly RecordHalf[] }
export type Resealing = { readonly walletId: HexId; readonly before: SealedRow; readonly after: SealedRow }

/** How a key is protected where it is kept: in a file that the vault's user reads, or by a key that does not leave a PKCS #11 token. */
export type KeyProtection = 'file' | 'pkcs11'

/**
 * One place where key-encryption keys are kept, outside the database and its backups. `write` is durable once it resolves and never
 * replaces; `destroy` leaves nothing that opens what the generation sealed, and destroys again without a complaint.
 */
export interface GenerationStore {
  readonly protection: KeyProtection
  list(this: void): Promise<readonly number[]>
  /** The key itself. Asked once a generation and process; the caller wipes it. */
  read(generation: number): Promise<Uint8Array>
  write(generation: number, key: Uint8Array): Promise<void>
  destroy(generation: number): Promise<void>
  /** Small public facts that a restore of the database must not roll back. */
  readNote(name: string): Promise<string | undefined>
  writeNote(name: string, text: string): Promise<void>
}

/** Key-encryption keys, unwrapped. The newest generation seals; every generation that is there opens. */
export type VaultKeys = { readonly generation: number; readonly keyEncryptionKeys: ReadonlyMap<number, KeyObject> }

/** The keys in use and the stores behind them. A generation is used once every store has it; each store is enough to read. */
export interface KeyRing extends VaultKeys {
  readonly protections: readonly KeyProtection[]
  /** Makes the next generation; from then on it seals. */
  addGeneration(): Promise<number>
  /** Destroys an older generation in memory and in every store. Nothing that it sealed opens any more. */
  destroyGeneration(generation: number): Promise<void>
  list(): Promise<readonly { readonly protection: KeyProtection; readonly generations: readonly number[] | 'unreadable' }[]>
  destroyed(): readonly number[]
  /** What each readable store says; a note is written to every store that takes it, to one at least. */
  readNote(name: string): Promise<readonly string[]>
  writeNote(name: string, text: string): Promise<void>
}

/** Where a value lies at rest. */
export type Place = {
  readonly walletId: HexId
  readonly epochId: HexId
  readonly column: 'share' | 'key' | 'rerandomiser' | 'retired' | 'record'
}
export interface Sealer {
  seal(place: Place, secret: Uint8Array): Uint8Array
  /** Throws a Fault for bytes that were not sealed for this place, or under a generation that was destroyed. */
  open(place: Place, sealed: Uint8Array): Uint8Array
  /** Whether the newest generation sealed it. */
  isNewest(sealed: Uint8Array): boolean
}

export interface Clock {
  nowMs(): number
}

/**
 * Whether a device key signed these bytes: ECDSA P-256 with SHA-256, r ‖ s, for kind 0; a WebAuthn assertion over them for kind 1.
 * False on anything malformed.
 */
export type VerifyDeviceSignature = (deviceKey: DeviceKey, input: Uint8Array, signature: Uint8Array) => boolean

/** Everything the flows work with. */
export type VaultDependencies = {
  readonly store: WalletStore
  readonly sealer: Sealer
  readonly primitives: OperatorPrimitives
  readonly signAsVault: SignAsVault
  readonly verifyDeviceSignature: VerifyDeviceSignature
  readonly isDeviceKey: (deviceKey: DeviceKey) => boolean
  readonly clock: Clock
  readonly slots: SlotTable
  readonly offers: OfferTable
  readonly queue: WalletQueue
  /** Hears of a wallet whose device named an epoch that the database does not know. */
  readonly onUnknownEpoch?: (walletId: HexId) => void
  readonly operatorId: Uint8Array
  readonly limits: Limits
}
