/**
 * Safe reset, "TCP client verification" or "RST cookie": a source that is not known gets an answer to its SYN whose
 * acknowledgment is wrong. A TCP in SYN-SENT resets that with <SEQ=SEG.ACK> (RFC 9293 §3.10.7.3), which proves that the
 * address is there and hears us; from then on its SYNs pass. After HPE Comware's "TCP proxy in safe reset mode" and
 * Huawei's SYN source detection; defences.md names the ACK variant "out-of-sequence ACK".
 *
 * The wrong acknowledgment is a keyed hash of the connection and the time, so nothing is kept for a SYN.
 */
import { deriveKey, SipHash } from '../../tcp/siphash.ts';
import { type Nanos, SEC } from '../../tcp/types.ts';
import { ACK, RST, type Segment, SYN } from '../../wire/segment.ts';
import { type Seq, seqAdd } from '../../wire/seq.ts';
import { type BoxKind, choiceOf, numberOf } from './box-kind.ts';
import { EntryTable } from './entry-table.ts';
import { replyTo } from './speak.ts';
import type { BoxPort, Middlebox } from './types.ts';

/** A hash is good in the period it was sent in and the next: 32 .. 64 s, longer than any round trip. */
const PERIOD: Nanos = 32 * SEC;
/** Added where a hash happens to be the right acknowledgment. */
const ASIDE = 0x4000_0000;
const KEY_TABLE = 1;
const KEY_COOKIE = 2;

type Answer = 'syn-ack' | 'ack';

class SafeReset implements Middlebox {
  readonly name = 'safe-reset';
  readonly counters = {
    seen: 0,
    answered: 0,
    synAbsorbed: 0,
    resetAbsorbed: 0,
    synPassed: 0,
    verified: 0,
    forgotten: 0,
    evicted: 0,
  };
  readonly #answer: Answer;
  readonly #trust: Nanos;
  readonly #prf: SipHash;
  /** Verified addresses, the one that has not asked for longest first. */
  readonly #table: EntryTable;

  constructor(answer: Answer, trust: Nanos, entries: number, secret: Uint32Array) {
    this.#answer = answer;
    this.#trust = trust;
    this.#prf = new SipHash(deriveKey(secret, KEY_COOKIE));
    this.#table = new EntryTable(entries, 1, 0, deriveKey(secret, KEY_TABLE));
  }

  get entries(): number {
    return this.#table.length;
  }

  fromNet(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    this.counters.seen++;
    if ((seg.flags & RST) !== 0) return !this.#verifies(now, seg);
    if ((seg.flags & (SYN | ACK)) !== SYN) return true;
    const table = this.#table;
    this.#forget(now);
    const row = table.find(seg.src, 0, 0, 0);
    if (row >= 0) {
      table.move(row, 0, now);
      this.counters.synPassed++;
      return true;
    }
    this.counters.synAbsorbed++;
    this.counters.answered++;
    const cookie = this.#cookie(seg, Math.floor(now / PERIOD));
    const s = replyTo(seg, out);
    s.seq = this.#prf.hi >>> 0;
    s.ack = cookie === seqAdd(seg.seq, 1) ? seqAdd(cookie, ASIDE) : cookie;
    s.flags = this.#answer === 'syn-ack' ? SYN | ACK : ACK;
    out.toNet(s);
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

  /** Whether an RST answers us; then it is for nobody else. A blind guess is right with 4 / 2^32. */
  #verifies(now: Nanos, rst: Readonly<Segment>): boolean {
    const period = Math.floor(now / PERIOD);
    let good = false;
    for (let age = 0; age < 2 && !good; age++) {
      const cookie = this.#cookie(rst, period - age);
      good = rst.seq === cookie || rst.seq === seqAdd(cookie, ASIDE);
    }
    if (!good) return false;
    this.counters.resetAbsorbed++;
    const table = this.#table;
    const row = table.find(rst.src, 0, 0, 0);
    if (row >= 0) {
      table.move(row, 0, now);
      return true;
    }
    if (table.full) {
      table.remove(table.oldest(0));
      this.counters.evicted++;
    }
    table.insert(rst.src, 0, 0, 0, 0, now);
    this.counters.verified++;
    return true;
  }

  #forget(now: Nanos): void {
    while (this.#table.due(0, this.#trust) <= now) {
      this.#table.remove(this.#table.oldest(0));
      this.counters.forgotten++;
    }
  }

  #cookie(seg: Readonly<Segment>, period: number): Seq {
    const family = seg.src > 0xffffffff ? 0x80000000 : 0;
    return this.#prf.hash4(seg.src, seg.dst, (seg.sport << 16) | seg.dport, period ^ family) >>> 0;
  }
}

export const SAFE_RESET: BoxKind = {
  name: 'safe-reset',
  place: 'site',
  describe:
    "An unknown source's SYN is answered wrongly; the RST of a real TCP proves the address, and its next SYN passes.",
  source: 'RFC 9293 §3.10.7.3; HPE TCP client verification (safe reset), Huawei SYN source detection',
  parameters: [
    {
      name: 'answer',
      kind: 'choice',
      default: 'syn-ack',
      choices: ['syn-ack', 'ack'],
      says: 'a SYN/ACK with a wrong acknowledgment, or an ACK out of sequence',
    },
    {
      name: 'trust',
      kind: 'duration',
      default: 300 * SEC,
      min: 1,
      max: 86_400 * SEC,
      says: 'a verified address that asks for nothing is forgotten after so long; our default, none is documented',
    },
    {
      name: 'entries',
      kind: 'count',
      default: 262_144,
      min: 1,
      max: 4_194_304,
      says: 'verified addresses; beyond it the one that has not asked for longest is forgotten',
    },
  ],
  buys: 'No SYN of a silent address reaches the server, and nothing is kept or translated for the connection itself.',
  costs:
    'The first connect of an address takes a round trip and a repeated SYN longer, and relies on firewalls that let the wrong answer in and the RST out. An RST proves that a host is there, not that it wanted to connect: forged addresses of live hosts get verified.',
  cost: { seen: 30, answered: 400, resetAbsorbed: 300, synPassed: 60, verified: 60, evicted: 60, forgotten: 60 },
  make: (params, deps) =>
    new SafeReset(
      choiceOf(params, 'answer', ['syn-ack', 'ack']),
      numberOf(params, 'trust'),
      numberOf(params, 'entries'),
      deps.secret,
    ),
};
