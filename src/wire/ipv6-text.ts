/** IPv6 addresses as text: parsing as RFC 4291 §2.2 allows, writing the one form RFC 5952 §4 recommends. */
import { parseIpv4 } from './ipv4-text.ts';

/** Writes the 16 bytes at `off` in the canonical form of RFC 5952: lower case, longest run of zeros as `::`. */
export function formatIpv6(bytes: Uint8Array, off: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[off + i]! << 8) | bytes[off + i + 1]!);
  // IPv4-mapped addresses end in dotted decimal (RFC 5952 §5).
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.subarray(off + 12, off + 16).join('.')}`;
  }
  // The longest run of at least two zero groups; of equal ones the first (RFC 5952 §4.2.2, §4.2.3).
  let best = -1;
  let bestLen = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > bestLen) {
      best = i;
      bestLen = n;
    }
    i += n;
  }
  const hex = groups.map((g) => g.toString(16));
  if (best < 0) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLen).join(':')}`;
}

/** Parses `text` into 16 bytes at `out[off]`; `false` (and `out` undefined) when it is no IPv6 address. No zone index. */
export function parseIpv6(text: string, out: Uint8Array, off: number): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return false;
  const missing = 8 - head.length - tail.length;
  // `::` stands for at least one group (RFC 4291 §2.2).
  if (halves.length === 2 ? missing < 1 : missing !== 0) return false;
  let at = off;
  for (const g of [...head, ...new Array<number>(missing).fill(0), ...tail]) {
    out[at++] = g >>> 8;
    out[at++] = g & 0xff;
  }
  return true;
}

/** The 16-bit groups of one side of `::`; a dotted IPv4 address may stand for the last two. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (mayEndInIpv4 && i === parts.length - 1 && part.includes('.')) {
      const v4 = parseIpv4(part);
      if (v4 < 0) return undefined;
      groups.push(v4 >>> 16, v4 & 0xffff);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}
