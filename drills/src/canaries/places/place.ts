/** Receives the bytes of a place: chunks of one continuous run, and the end of each run. */
export type Sink = { feed(chunk: Uint8Array): void; endRun(): void }

/** Somewhere that the operator could find a secret. What cannot be read rejects: an unread place is a failure, not a success. */
export type Place = {
  readonly name: string
  /** Puts a marker there on purpose, as a secret would get there; the answer takes it away again. */
  plantMarker(marker: string): Promise<() => Promise<void>>
  read(sink: Sink): Promise<void>
}
