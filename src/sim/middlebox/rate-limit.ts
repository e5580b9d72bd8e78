/**
 * Rate limits for SYNs: a token bucket for all of them, or one for each source (Linux' `limit` and `hashlimit` matches,
 * xt_limit.c and xt_hashlimit.c). Not in RFC 4987's list, but on most firewalls.
 *
 * A bucket's level is an integer in units of a 10^9th token, so that `rate` tokens per second are `rate` units per
 * nanosecond and nothing is ever rounded.
 */
import type { Nanos } from '../../tcp/types.ts';
import { ACK, type Segment, SYN } from '../../wire/segment.ts';
import { type BoxKind, choiceOf, numberOf } from './box-kind.ts';
import { EntryTable } from './entry-table.ts';
import { networkOf } from './networks.ts';
import type { Middlebox } from './types.ts';

/** One token, in units. */
const TOKEN = 1_000_000_000;

/** Level of a bucket that had `level` units `elapsed` ns ago. Exact: no product exceeds 2^53 for bursts up to 4,000,000. */
export function refilled(level: number, elapsed: Nanos, rate: number, burst: number): number {
  const full = burst * TOKEN;
  // Beyond the time to fill the product could leave the exact integers.
  return elapsed >= Math.ceil((full - level) / rate) ? full : level + elapsed * rate;
}

/** One bucket for all. */
class AggregateLimit implements Middlebox {
  readonly name = 'rate-limit';
  readonly entries = 1;
  readonly counters = { seen: 0, synPassed: 0, rateLimitDropped: 0 };
  readonly #rate: number;
  readonly #burst: number;
  #level: number;
  #at: Nanos = 0;

  constructor(rate: number, burst: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#level = burst * TOKEN;
  }

  fromNet(now: Nanos, seg: Readonly<Segment>): boolean {
    this.counters.seen++;
    if ((seg.flags & (SYN | ACK)) !== SYN) return true;
    this.#level = refilled(this.#level, now - this.#at, this.#rate, this.#burst);
    this.#at = now;
    if (this.#level < TOKEN) {
      this.counters.rateLimitDropped++;
      return false;
    }
    this.#level -= TOKEN;
    this.counters.synPassed++;
    return true;
  }

  fromServer(): boolean {
    this.counters.seen++;
    return true;
  }

  onTimer(): void {}

  nextTimer(): Nanos {
    return Infinity;
  }
}

/**
 * One bucket for each source address or network, at most `entries`. A source without an entry has a full bucket, so an
 * entry that has had time to fill says nothing and is forgotten first; if there is none, the least recently used goes.
 */
class SourceLimit implements Middlebox {
  readonly name = 'rate-limit';
  readonly counters = { seen: 0, synPassed: 0, rateLimitDropped: 0, forgotten: 0, evicted: 0 };
  readonly #rate: number;
  readonly #burst: number;
  readonly #length: number;
  readonly #table: EntryTable;
  /** Time in which an empty bucket fills. */
  readonly #fill: Nanos;

  constructor(rate: number, burst: number, length: number, entries: number, secret: Uint32Array) {
    this.#rate = rate;
    this.#burst = burst;
    this.#length = length;
    this.#table = new EntryTable(entries, 1, 0, secret);
    this.#fill = Math.ceil((burst * TOKEN) / rate);
  }

  get entries(): number {
    return this.#table.length;
  }

  fromNet(now: Nanos, seg: Readonly<Segment>): boolean {
    this.counters.seen++;
    if ((seg.flags & (SYN | ACK)) !== SYN) return true;
    const table = this.#table;
    const source = networkOf(seg.src, this.#length);
    let row = table.find(source, 0, 0, 0);
    let level = this.#burst * TOKEN;
    if (row >= 0) level = refilled(table.value[row]!, now - table.since(row), this.#rate, this.#burst);
    else {
      this.#makeRoom(now);
      row = table.insert(source, 0, 0, 0, 0, now);
    }
    const passes = level >= TOKEN;
    table.value[row] = passes ? level - TOKEN : level;
    table.move(row, 0, now);
    if (passes) this.counters.synPassed++;
    else this.counters.rateLimitDropped++;
    return passes;
  }

  fromServer(): boolean {
    this.counters.seen++;
    return true;
  }

  onTimer(): void {}

  nextTimer(): Nanos {
    return Infinity;
  }

  #makeRoom(now: Nanos): void {
    const table = this.#table;
    // Two for one: what is full again goes faster than new sources come, without a timer for each.
    for (let i = 0; i < 2 && table.due(0, this.#fill) <= now; i++) {
      table.remove(table.oldest(0));
      this.counters.forgotten++;
    }
    if (!table.full) return;
    table.remove(table.oldest(0));
    this.counters.evicted++;
  }
}

export const RATE_LIMIT: BoxKind = {
  name: 'rate-limit',
  place: 'site',
  describe: 'SYNs pass at a limited rate, all together or from each source; what exceeds it is dropped.',
  source: 'Linux iptables limit and hashlimit',
  parameters: [
    {
      name: 'per',
      kind: 'choice',
      default: 'aggregate',
      choices: ['aggregate', 'source'],
      says: 'one bucket for all SYNs, or one for each source',
    },
    {
      name: 'rate',
      kind: 'rate',
      default: 100,
      min: 1,
      max: 1_000_000,
      says: 'SYNs per second that pass in the long run',
    },
    {
      name: 'burst',
      kind: 'count',
      default: 50,
      min: 1,
      max: 1_000_000,
      says: 'SYNs that pass at once after a pause (iptables hashlimit: 5)',
    },
    {
      name: 'prefixLength',
      kind: 'count',
      default: 32,
      min: 1,
      max: 32,
      says: 'with per: source, addresses that share so many bits are one source',
    },
    {
      name: 'entries',
      kind: 'count',
      default: 65_536,
      min: 1,
      max: 4_194_304,
      says: 'with per: source, sources remembered; beyond it the least recently used is forgotten',
    },
  ],
  buys: 'The server never sees more SYNs than it was made for; per source, a few real addresses cannot take it all.',
  costs:
    'The aggregate limit drops friend and foe alike: with rate r against flood R and users λ, a SYN passes with r / (R + λ). The limit per source is blind to forged sources, which all look new.',
  cost: { seen: 30, rateLimitDropped: 20, synPassed: 20, evicted: 60, forgotten: 60 },
  make(params, deps) {
    const rate = numberOf(params, 'rate');
    const burst = numberOf(params, 'burst');
    return choiceOf(params, 'per', ['aggregate', 'source']) === 'aggregate'
      ? new AggregateLimit(rate, burst)
      : new SourceLimit(rate, burst, numberOf(params, 'prefixLength'), numberOf(params, 'entries'), deps.secret);
  },
};
