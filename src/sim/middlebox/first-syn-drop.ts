/**
 * First-SYN drop, "SYN retransmission verification": the first SYN of a connection is dropped and remembered, its
 * retransmission passes if it comes inside a window of time, as a TCP's does and a one-shot flood's does not. After the
 * first-packet check of anti-DDoS devices (Huawei AntiDDoS, `anti-ddos first-packet-check syn`: window 0 .. 6 s; outside
 * of it a SYN counts as a first one again).
 *
 * Remembered is a keyed hash of addresses, ports and ISN: 16 bytes a SYN, in buckets of four of which the stalest gives way.
 * A stranger's SYN finds its hash there with probability below 4 / 2^32.
 */
import { SipHash } from '../../tcp/siphash.ts';
import { type Nanos, SEC } from '../../tcp/types.ts';
import { ACK, type Segment, SYN } from '../../wire/segment.ts';
import { type BoxKind, numberOf } from './box-kind.ts';
import type { Middlebox } from './types.ts';

const WAYS = 4;

class FirstSynDrop implements Middlebox {
  readonly name = 'first-syn-drop';
  entries = 0;
  readonly counters = {
    seen: 0,
    retransmissionPassed: 0,
    firstSynDropped: 0,
    tooEarlyDropped: 0,
    tooLateDropped: 0,
    evicted: 0,
  };
  readonly #min: Nanos;
  readonly #max: Nanos;
  readonly #prf: SipHash;
  /** Hash by slot, 0 = free, and when its SYN was last seen. */
  readonly #tags: Int32Array;
  readonly #times: Float64Array;

  constructor(min: Nanos, max: Nanos, entries: number, secret: Uint32Array) {
    this.#min = min;
    this.#max = max;
    this.#prf = new SipHash(secret);
    let slots = WAYS;
    while (slots * 2 <= entries) slots *= 2;
    this.#tags = new Int32Array(slots);
    this.#times = new Float64Array(slots);
  }

  fromNet(now: Nanos, seg: Readonly<Segment>): boolean {
    this.counters.seen++;
    if ((seg.flags & (SYN | ACK)) !== SYN) return true;
    // The upper half of the hash chooses the bucket, the lower is kept; an IPv6 handle differs from an address by bit 32.
    const ports = ((seg.sport << 16) | seg.dport) ^ (seg.src > 0xffffffff ? -1 : 0);
    const tag = this.#prf.hash4(seg.src, seg.dst, ports, seg.seq) || 1;
    const bucket = ((this.#prf.hi >>> 0) % (this.#tags.length / WAYS)) * WAYS;
    for (let slot = bucket; slot < bucket + WAYS; slot++) if (this.#tags[slot] === tag) return this.#again(now, slot);
    this.#remember(now, bucket, tag);
    this.counters.firstSynDropped++;
    return false;
  }

  fromServer(): boolean {
    this.counters.seen++;
    return true;
  }

  onTimer(): void {}

  nextTimer(): Nanos {
    return Infinity;
  }

  #again(now: Nanos, slot: number): boolean {
    const waited = now - this.#times[slot]!;
    this.#times[slot] = now;
    if (waited < this.#min) this.counters.tooEarlyDropped++;
    else if (waited > this.#max) this.counters.tooLateDropped++;
    else {
      this.counters.retransmissionPassed++;
      return true;
    }
    return false;
  }

  #remember(now: Nanos, bucket: number, tag: number): void {
    let stalest = bucket;
    for (let slot = bucket; slot < bucket + WAYS; slot++) {
      if (this.#tags[slot] === 0) {
        this.entries++;
        stalest = slot;
        break;
      }
      if (this.#times[slot]! < this.#times[stalest]!) stalest = slot;
    }
    // One too old to let anything pass is no loss.
    if (this.#tags[stalest] !== 0 && now - this.#times[stalest]! <= this.#max) this.counters.evicted++;
    this.#tags[stalest] = tag;
    this.#times[stalest] = now;
  }
}

export const FIRST_SYN_DROP: BoxKind = {
  name: 'first-syn-drop',
  place: 'site',
  describe: 'The first SYN of each connection is dropped; its retransmission passes if it comes in time.',
  source: 'RFC 4987 §3.8 (filtering); Huawei AntiDDoS first-packet check',
  parameters: [
    {
      name: 'min',
      kind: 'duration',
      default: 0,
      min: 0,
      max: 20 * SEC,
      says: 'a repetition sooner than this is dropped (Huawei: 0)',
    },
    {
      name: 'max',
      kind: 'duration',
      default: 6 * SEC,
      min: 0,
      max: 3600 * SEC,
      says: 'a repetition later than this counts as a first SYN (Huawei: 6 s)',
    },
    {
      name: 'entries',
      kind: 'count',
      default: 1_048_576,
      min: 4,
      max: 16_777_216,
      says: 'SYNs remembered, rounded down to a power of two; the stalest of a bucket of four gives way',
    },
  ],
  buys: 'Floods that send each SYN once vanish before the server, and nothing is sent to forged sources.',
  costs:
    'Each connection takes one SYN timeout longer, 1 s by RFC 6298; bots that repeat their SYNs pass. A flood faster than entries / max pushes users out of the memory before they return.',
  cost: { seen: 30, firstSynDropped: 80, retransmissionPassed: 80, tooEarlyDropped: 80, tooLateDropped: 80 },
  make: (params, deps) =>
    new FirstSynDrop(numberOf(params, 'min'), numberOf(params, 'max'), numberOf(params, 'entries'), deps.secret),
};
