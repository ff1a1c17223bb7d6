import type { Transport, TransportAnswer, TransportRequest } from '@symbolon/device'

/** One exchange as somebody on the line has it. No answer: it was lost, or the request never arrived. */
export type Exchange = { readonly request: TransportRequest; readonly answer?: TransportAnswer }

/** Stands on the line: forward, lose, double, delay or falsify. */
export type Interceptor = (
  request: TransportRequest,
  forward: (request: TransportRequest) => Promise<TransportAnswer>,
) => Promise<TransportAnswer>

/** A line that keeps everything that passes, and that an attacker may change. */
export type Wire = {
  readonly transport: Transport
  readonly recorded: readonly Exchange[]
  intercept: Interceptor
}

export function createWire(answer: Transport): Wire {
  const recorded: Exchange[] = []
  const forward: Transport = async (request) => {
    const index = recorded.push({ request }) - 1
    const answered = await answer(request)
    recorded[index] = { request, answer: answered }
    return answered
  }
  const wire: Wire = {
    recorded,
    intercept: (request, pass) => pass(request),
    transport: (request) => wire.intercept(request, forward),
  }
  return wire
}
