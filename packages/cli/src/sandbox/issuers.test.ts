import { expect, test } from 'vitest'
import { issuerLetters, type IssuerLetter } from './ports.ts'
import { sandboxIssuers, testCards } from './issuers.ts'

function findIssuers(pan: string): readonly { readonly letter: IssuerLetter; readonly network: string }[] {
  return issuerLetters.flatMap((letter) =>
    sandboxIssuers[letter].accountRanges
      .filter(({ low, high, panLengths }) => pan.slice(0, 8) >= low && pan.slice(0, 8) <= high && panLengths.includes(pan.length))
      .map(({ network }) => ({ letter, network })),
  )
}

test.each(testCards)('$primaryAccountNumber ($network) belongs to issuer $issuer alone', ({ primaryAccountNumber, network, issuer }) => {
  expect(findIssuers(primaryAccountNumber)).toEqual([{ letter: issuer, network }])
})

test.each(issuerLetters)('the blocked card of issuer %s is one of its own', (letter) => {
  const { blockedCard } = sandboxIssuers[letter]
  expect(findIssuers(blockedCard.primaryAccountNumber).map((found) => found.letter)).toEqual([letter])
})

test('every network of the sandbox has a test number', () => {
  const networks = new Set(issuerLetters.flatMap((letter) => sandboxIssuers[letter].accountRanges.map(({ network }) => network)))
  expect(new Set(testCards.map(({ network }) => network))).toEqual(networks)
})

test('ranges of cards and tokens never overlap, within an issuer and between issuers', () => {
  const ranges = issuerLetters.flatMap((letter) => [...sandboxIssuers[letter].accountRanges, sandboxIssuers[letter].tokenRange])
  const sorted = ranges.toSorted((left, right) => left.low.localeCompare(right.low))
  sorted.forEach(({ low, high }, index) => {
    expect(low <= high).toBe(true)
    expect(low > (sorted[index - 1]?.high ?? '')).toBe(true)
  })
})
