/** A range of IPv4 addresses that share their first bits, as simulated populations are spread over (RFC 4632 §3.1). */
import { HalfopenError } from '../wire/error.ts';
import { formatIpv4, parseIpv4 } from '../wire/ipv4-text.ts';
import { isSafeIpv4, SAFE_RANGES } from '../wire/safe-range.ts';

export interface Prefix {
  /** Lowest and highest address, as uint32, and how many there are. */
  readonly first: number;
  readonly last: number;
  readonly size: number;
  /** How many leading bits all of them share, 0 .. 32. */
  readonly bits: number;
}

/**
 * Reads `198.18.0.0/16`; one address alone is a /32. `whose` begins the sentence that refuses it. Refused is also what
 * may belong to somebody: this is the last check before simulated traffic is made, whoever wrote the scenario.
 */
export function parsePrefix(text: string, whose: string): Prefix {
  const [address = '', width = '32', ...rest] = text.split('/');
  const first = parseIpv4(address);
  const bits = /^(0|[1-9][0-9]?)$/.test(width) ? Number(width) : 33;
  if (first < 0 || bits > 32 || rest.length > 0) {
    throw new HalfopenError(`${whose}: found '${text}', expected an IPv4 prefix such as 198.18.0.0/16`);
  }
  const size = 2 ** (32 - bits);
  if (first % size !== 0) {
    const base = formatIpv4(first - (first % size));
    throw new HalfopenError(`${whose}: found ${text}, expected ${base}/${bits}: the bits after the prefix are zero`);
  }
  if (!isSafeIpv4(first, bits)) {
    throw new HalfopenError(`${whose}: found ${text}, expected addresses within ${SAFE_RANGES}`);
  }
  return { first, last: first + size - 1, size, bits };
}
