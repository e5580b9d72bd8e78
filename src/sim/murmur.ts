/** The mixing steps of MurmurHash3 (x86, 32 bit; Austin Appleby, public domain): for hashes of runs and for seeding. */

/** One step: folds `value` into `state`, with a multiplier per lane. */
export function fold(state: number, value: number, multiplier: number): number {
  let k = Math.imul(value, multiplier);
  k = (k << 15) | (k >>> 17);
  const h = state ^ Math.imul(k, 0xe654_6b64 ^ multiplier);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe654_6b64) | 0;
}

/** The finalizer: every input bit changes every output bit with probability near one half. A uint32. */
export function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Two uint32 as 16 hexadecimal digits. */
export function hex64(high: number, low: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
