/** The hash of tables that hold what senders choose. Fast, and not to be foreseen by who does not know the seed; no secret. */

/**
 * One more word into a hash. The upper half is multiplied once more: by one odd factor alone, words that differ in their
 * highest bits would collide whatever the seed.
 */
export function mixWord(h: number, word: number): number {
  const x = h ^ word;
  const y = Math.imul(x, 0x9e3779b1) + Math.imul((x >>> 15) ^ h, 0x85ebca6b);
  return y ^ (y >>> 16);
}
