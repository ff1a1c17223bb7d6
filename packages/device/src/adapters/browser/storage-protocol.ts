/** What the page and its storage worker say to each other over one private port. */
export type StorageFileName = 'state' | 'records'
export type StorageRequest =
  | { readonly kind: 'acquire' }
  | { readonly kind: 'read'; readonly file: StorageFileName; readonly offset: number; readonly size: number }
  | { readonly kind: 'write'; readonly file: StorageFileName; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'release' }

export type StorageAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'in-use' }
  | { readonly kind: 'failed'; readonly reason: string }

export type NumberedRequest = { readonly number: number; readonly request: StorageRequest }
export type NumberedAnswer = { readonly number: number; readonly answer: StorageAnswer }
