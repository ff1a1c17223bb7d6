import { concatBytes } from '@symbolon/formats/bytes'
import type { Result } from '@symbolon/formats/result'
import { authenticate, deriveMacKey, isAuthentic } from './hashes.ts'
import { frames, type AlarmFields, type OpenFields } from './messages.ts'
import type { CustodyProblem } from './problem.ts'

const macSize = 32

/** frame(open) ‖ HMAC under the epoch's K_mac. */
export function createOpenMessage(fields: OpenFields, epochKey: Uint8Array): Uint8Array {
  return appendMac(frames.open.encode(fields), epochKey)
}

/** frame(alarm) ‖ HMAC: the device saw a state that only a copy of it explains. */
export function createAlarmMessage(fields: AlarmFields, epochKey: Uint8Array): Uint8Array {
  return appendMac(frames.alarm.encode(fields), epochKey)
}

/** Reads without verifying: the epoch in it tells which key verifies. */
export function parseOpenMessage(message: Uint8Array): Result<OpenFields, CustodyProblem> {
  return frames.open.parse(splitMac(message).frame)
}

/** Reads an alarm without verifying it. */
export function parseAlarmMessage(message: Uint8Array): Result<AlarmFields, CustodyProblem> {
  return frames.alarm.parse(splitMac(message).frame)
}

/** Whether an open is authenticated by this epoch's K_mac. */
export function verifyOpenMessage(message: Uint8Array, macKey: Uint8Array): boolean {
  const { frame, mac } = splitMac(message)
  return frames.open.parse(frame).ok && isAuthentic(macKey, frame, mac)
}

/** Whether an alarm is authenticated by this epoch's K_mac, which may be a retired one. */
export function verifyAlarmMessage(message: Uint8Array, macKey: Uint8Array): boolean {
  const { frame, mac } = splitMac(message)
  return frames.alarm.parse(frame).ok && isAuthentic(macKey, frame, mac)
}

function appendMac(frame: Uint8Array, epochKey: Uint8Array): Uint8Array {
  return concatBytes(frame, authenticate(deriveMacKey(epochKey), frame))
}

function splitMac(message: Uint8Array): { readonly frame: Uint8Array; readonly mac: Uint8Array } {
  const end = Math.max(message.length - macSize, 0)
  return { frame: message.subarray(0, end), mac: message.subarray(end) }
}
