import { describe, expect, it } from 'vitest'
import { mutants } from './mutants.ts'
import { describeRun } from './report.ts'
import { run } from './run.ts'

const steps = 4_000

describe('1.13-09 custody under every fault at once', () => {
  it('loses no key, signs nothing twice, tells nothing wrong and raises no alarm', async () => {
    // Another seed each day, so that the days cover more than one run; it is printed and replays.
    const seed = Math.floor(Date.now() / 86_400_000)
    const report = await run({ seed, steps })
    process.stdout.write(describeRun(report))
    expect(report.violation, describeRun(report)).toBe('')
    expect(report.paid).toBeGreaterThan(50)
    for (const count of Object.values(report.faults)) expect(count).toBeGreaterThan(0)
  })
  it('replays a seed step by step', async () => {
    const [first, second] = [await run({ seed: 42, steps: 400 }), await run({ seed: 42, steps: 400 })]
    expect(second.fingerprint).toBe(first.fingerprint)
    expect(second.faults).toEqual(first.faults)
    expect((await run({ seed: 43, steps: 400 })).fingerprint).not.toBe(first.fingerprint)
  })
})

describe('what the simulation sees in real code with one rule taken out', () => {
  it.each(mutants)('$name', async ({ rules, finds }) => {
    const violations: string[] = []
    for (let seed = 1; seed <= 8 && !violations.some((violation) => finds.test(violation)); seed += 1) {
      violations.push((await run({ seed, steps: 3_000, rules })).violation)
    }
    expect(violations.at(-1)).toMatch(finds)
  })
})
