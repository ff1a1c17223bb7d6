import type { Problem } from '@symbolon/contracts/problems'

/** Ends a transaction with a problem: nothing that it wrote stays. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problem: Problem
  constructor(problem: Problem) {
    super('refused')
    this.problem = problem
  }
}

/** Gives a problem as the reason to roll back. */
export function refuse(problem: Problem): never {
  throw new Refusal(problem)
}
