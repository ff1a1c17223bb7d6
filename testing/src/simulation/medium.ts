import type { ByteFile, WalletStorage } from '@symbolon/device'
import { fail, ok } from '@symbolon/formats/result'
import type { Faults } from './faults.ts'

/** The page died here: whatever ran in it goes no further. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** A page: its storage, its calls and its clock fail from the moment it is killed. */
export type Page = { isAlive: boolean }

export function assertAlive(page: Page): void {
  if (!page.isAlive) throw new Killed('the page is gone')
}
export function kill(page: Page): never {
  page.isAlive = false
  throw new Killed('the page is killed')
}

type FileName = 'state' | 'records'
/** A device's files, which outlive its pages. */
export type Medium = {
  readonly files: Record<FileName, Uint8Array>
  /** Writes that a wrong medium acknowledges before they are there; always empty on a right one. */
  readonly unflushed: { readonly file: FileName; readonly offset: number; readonly bytes: Uint8Array }[]
}

export function createMedium(): Medium {
  return { files: { state: new Uint8Array(2 * 16_384), records: new Uint8Array(8 * 2_048) }, unflushed: [] }
}

/** How a medium writes. A mutant may promise more than it keeps. */
export type WriteRule = (medium: Medium, file: FileName, at: { readonly offset: number; readonly bytes: Uint8Array }) => void
export const writeThrough: WriteRule = (medium, file, { offset, bytes }) => medium.files[file].set(bytes, offset)

/** The files as one page holds them. A kill may fall before a write, in its middle or behind it. */
export function openStorage(medium: Medium, page: Page, deps: { readonly faults: Faults; readonly write: WriteRule }): WalletStorage {
  let isHeld = false
  const open = (file: FileName): ByteFile => ({
    read: async (offset, size) => {
      assertAlive(page)
      const whole = medium.files[file].slice(offset, offset + size)
      for (const late of medium.unflushed) if (late.file === file) overlay(whole, offset, late)
      return whole
    },
    write: async (offset, bytes) => {
      assertAlive(page)
      deps.faults.step(`device writes ${file}`)
      if (deps.faults.strikes('app killed before a write')) kill(page)
      if (deps.faults.strikes('app killed in a write')) {
        medium.files[file].set(bytes.subarray(0, bytes.length >> 1), offset)
        kill(page)
      }
      deps.write(medium, file, { offset, bytes: Uint8Array.from(bytes) })
      if (deps.faults.strikes('app killed after a write')) kill(page)
    },
  })
  return {
    acquire: async () => {
      assertAlive(page)
      if (isHeld) return fail({ code: 'WALLET_IN_USE' })
      isHeld = true
      return ok({
        state: open('state'),
        records: open('records'),
        release: async () => void (isHeld = false),
        isPersistent: async () => true,
      })
    },
  }
}

function overlay(whole: Uint8Array, start: number, late: { readonly offset: number; readonly bytes: Uint8Array }): void {
  for (const [index, byte] of late.bytes.entries()) {
    const place = late.offset + index - start
    if (place >= 0 && place < whole.length) whole[place] = byte
  }
}
