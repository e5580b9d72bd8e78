/**
 * Who owns which addresses of a flood scenario. Everything named, forged sources included, lies in ranges that belong to
 * nobody, and nobody's range overlaps another's: an answer must have one addressee.
 */
import { formatIpv4, parseIpv4 } from '../wire/ipv4-text.ts';
import { isSafeIpv4 } from '../wire/safe-range.ts';
import type { Refuse } from './build.ts';
import { checkAddress } from './safe-address.ts';

type Path = readonly (string | number)[];

/** IPv4 alone: a population of simulated hosts is counted through, which is for small numbers. */
const SAFE_PREFIXES =
  '10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (private), 198.18.0.0/15 (benchmarks), 192.0.2.0/24, 198.51.100.0/24 or 203.0.113.0/24 (documentation)';

export interface Claim {
  /** As written in the model: `198.18.0.0/16`. */
  readonly text: string;
  readonly first: number;
  readonly last: number;
  /** Addresses in it. */
  readonly size: number;
}

export class AddressClaims {
  readonly #refuse: Refuse;
  readonly #claims: (Claim & { readonly whose: string; readonly together: string })[] = [];

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  /**
   * A prefix for `whose`. Claims of the same `together` may be of one and the same range: two floods that forge sources
   * from it in the same manner.
   */
  prefix(path: Path, text: string, whose: string, together = ''): Claim {
    return this.#claim(path, safePrefix(path, text, this.#refuse), whose, together);
  }

  /** One address for `whose`. */
  address(path: Path, text: string, whose: string): Claim {
    const verdict = checkAddress(text);
    const first = parseIpv4(text);
    if (verdict === 'malformed' || (verdict === 'ok' && first < 0)) {
      this.#refuse(path, `is '${text}'; expected an IPv4 address such as 203.0.113.80`);
    }
    if (verdict === 'public') {
      this.#refuse(path, `is ${text}, which may belong to somebody; expected an address in ${SAFE_PREFIXES}`);
    }
    return this.#claim(path, { text, first, last: first, size: 1 }, whose, '');
  }

  #claim(path: Path, claim: Claim, whose: string, together: string): Claim {
    for (const other of this.#claims) {
      if (claim.first > other.last || other.first > claim.last) continue;
      const same = claim.first === other.first && claim.last === other.last;
      if (same && together !== '' && together === other.together) continue;
      this.#refuse(
        path,
        `is ${claim.text}, which overlaps with ${other.text} of ${other.whose}; expected addresses that ${whose} shares with nobody`,
      );
    }
    this.#claims.push({ ...claim, whose, together });
    return claim;
  }
}

/** A prefix that belongs to nobody on the Internet. */
export function safePrefix(path: Path, text: string, refuse: Refuse): Claim {
  const parts = /^([0-9.]+)\/(\d{1,2})$/.exec(text);
  const first = parseIpv4(parts?.[1] ?? '');
  const bits = Number(parts?.[2] ?? 33);
  if (first < 0 || bits > 32) {
    refuse(path, `is '${text}'; expected an IPv4 prefix such as 198.18.0.0/16`);
  }
  const size = 2 ** (32 - bits);
  const base = first - (first % size);
  if (base !== first) {
    refuse(path, `is ${text}, whose last ${32 - bits} bits are not 0; did you mean ${formatIpv4(base)}/${bits}?`);
  }
  if (!isSafeIpv4(first, bits)) {
    refuse(path, `is ${text}, where addresses may belong to somebody; expected a prefix in ${SAFE_PREFIXES}`);
  }
  return { text, first, last: first + size - 1, size };
}
