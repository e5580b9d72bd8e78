/**
 * Active monitor, after synkill (Schuba et al., "Analysis of a Denial of Service Attack on TCP", IEEE S&P 1997): it stops
 * nothing, watches who answers SYN/ACKs, and kills half-open connections at the server with an RST. Addresses are
 *
 *   NULL     never seen, or not for `staleness`        → NEW with its first SYN
 *   NEW      has sent a SYN and not proven itself      → GOOD with a valid ACK or RST, BAD when `expiry` passes first
 *   GOOD     has answered a SYN/ACK
 *   BAD      has not; its connections die at once      → GOOD when it does answer
 *   PERFECT, EVIL   always good, always bad, by configuration
 *
 * The paper's text could not be had: states and purpose are from quotations of it; what happens between them, and the
 * defaults of the timers, are our reading. Half-open connections of GOOD addresses expire too, or forging one would do.
 */
import { type Nanos, SEC } from '../../tcp/types.ts';
import { ACK, RST, type Segment, SYN } from '../../wire/segment.ts';
import { seqAdd } from '../../wire/seq.ts';
import type { Prefix } from '../prefix.ts';
import { type BoxKind, listOf, numberOf } from './box-kind.ts';
import { EntryTable } from './entry-table.ts';
import { inAny, parsePrefixes } from './networks.ts';
import { resetServer } from './speak.ts';
import type { BoxPort, Middlebox } from './types.ts';

interface MonitorOptions {
  readonly expiry: Nanos;
  readonly staleness: Nanos;
  readonly perfect: readonly Prefix[];
  readonly evil: readonly Prefix[];
  readonly addresses: number;
  readonly connections: number;
}

class ActiveMonitor implements Middlebox {
  readonly name = 'active-monitor';
  readonly counters = {
    seen: 0,
    becameNew: 0,
    becameGood: 0,
    becameBad: 0,
    becameNull: 0,
    expired: 0,
    serverReset: 0,
    addressEvicted: 0,
    connectionEvicted: 0,
  };
  readonly #options: MonitorOptions;
  readonly #addresses: EntryTable;
  /** Half-open connections. */
  readonly #half: EntryTable;

  constructor(options: MonitorOptions, secret: Uint32Array) {
    this.#options = options;
    this.#addresses = new EntryTable(options.addresses, 3, 0, secret);
    this.#half = new EntryTable(options.connections, 1, COLUMNS, secret);
  }

  get entries(): number {
    return this.#addresses.length + this.#half.length;
  }

  fromNet(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    this.counters.seen++;
    if (inAny(seg.src, this.#options.perfect)) return true;
    const half = this.#half;
    let row = half.find(seg.src, seg.sport, seg.dst, seg.dport);
    if ((seg.flags & (SYN | ACK | RST)) === SYN) {
      this.#note(now, seg.src);
      if (row >= 0 && half.ints[row * COLUMNS + CLIENT_ISN] !== (seg.seq | 0)) {
        half.remove(row);
        row = -1;
      }
      if (row >= 0) return true;
      if (half.full) {
        this.counters.connectionEvicted++;
        this.#kill(half.oldest(0), out);
        half.remove(half.oldest(0));
      }
      row = half.insert(seg.src, seg.sport, seg.dst, seg.dport, 0, now);
      half.ints[row * COLUMNS + CLIENT_ISN] = seg.seq;
      return true;
    }
    if (row < 0) return true;
    const at = row * COLUMNS;
    // Only who has seen the SYN/ACK knows its number, whether he wants the connection or refuses it.
    const isn = half.ints[at + SERVER_ISN]!;
    const answered = (half.ints[at + STAGE]! & ANSWERED) !== 0;
    const proves =
      (seg.flags & RST) !== 0
        ? seg.seq === seqAdd(half.ints[at + CLIENT_ISN]!, 1)
        : (seg.flags & ACK) !== 0 && seg.ack === seqAdd(isn, 1);
    if (!answered || !proves) return true;
    half.remove(row);
    this.#turn(now, seg.src, GOOD);
    return true;
  }

  fromServer(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    this.counters.seen++;
    const half = this.#half;
    if ((seg.flags & (SYN | RST)) === 0) return true;
    const row = half.find(seg.dst, seg.dport, seg.src, seg.sport);
    if (row < 0) return true;
    if ((seg.flags & RST) !== 0) {
      half.remove(row);
      return true;
    }
    half.ints[row * COLUMNS + SERVER_ISN] = seg.seq;
    half.ints[row * COLUMNS + STAGE]! |= ANSWERED;
    if (this.#bad(now, seg.dst)) this.#kill(row, out);
    return true;
  }

  onTimer(now: Nanos, out: BoxPort): void {
    const half = this.#half;
    while (half.due(0, this.#options.expiry) <= now) {
      const row = half.oldest(0);
      const address = half.remote(row);
      this.counters.expired++;
      this.#kill(row, out);
      half.remove(row);
      const known = this.#addresses.find(address, 0, 0, 0);
      if (known >= 0 && this.#addresses.list(known) === NEW) this.#turn(now, address, BAD);
    }
  }

  nextTimer(): Nanos {
    return this.#half.due(0, this.#options.expiry);
  }

  /** A SYN of this address. */
  #note(now: Nanos, address: number): void {
    const known = this.#addresses;
    this.#forget(now);
    const row = known.find(address, 0, 0, 0);
    if (row >= 0) known.move(row, known.list(row), now);
    else this.#turn(now, address, NEW);
  }

  #turn(now: Nanos, address: number, state: number): void {
    const known = this.#addresses;
    const row = known.find(address, 0, 0, 0);
    if (row >= 0 && known.list(row) === state) return known.move(row, state, now);
    if (state === NEW) this.counters.becameNew++;
    else if (state === GOOD) this.counters.becameGood++;
    else this.counters.becameBad++;
    if (row >= 0) return known.move(row, state, now);
    if (known.full) {
      this.counters.addressEvicted++;
      for (const list of [BAD, NEW, GOOD]) {
        if (known.count(list) === 0) continue;
        known.remove(known.oldest(list));
        break;
      }
    }
    known.insert(address, 0, 0, 0, state, now);
  }

  #bad(now: Nanos, address: number): boolean {
    if (inAny(address, this.#options.evil)) return true;
    this.#forget(now);
    const row = this.#addresses.find(address, 0, 0, 0);
    return row >= 0 && this.#addresses.list(row) === BAD;
  }

  #forget(now: Nanos): void {
    const known = this.#addresses;
    for (const list of [NEW, GOOD, BAD]) {
      while (known.due(list, this.#options.staleness) <= now) {
        known.remove(known.oldest(list));
        this.counters.becameNull++;
      }
    }
  }

  /** Once for each connection; its row stays, so that a late answer still clears the address. */
  #kill(row: number, out: BoxPort): void {
    const at = row * COLUMNS;
    if ((this.#half.ints[at + STAGE]! & KILLED) !== 0) return;
    this.#half.ints[at + STAGE]! |= KILLED;
    this.counters.serverReset++;
    resetServer(this.#half, row, seqAdd(this.#half.ints[at + CLIENT_ISN]!, 1), out);
  }
}

/** Lists of addresses. */
const NEW = 0;
const GOOD = 1;
const BAD = 2;
/** Columns of half-open connections. */
const CLIENT_ISN = 0;
const SERVER_ISN = 1;
const STAGE = 2;
const COLUMNS = 3;
const ANSWERED = 1;
const KILLED = 2;

export const ACTIVE_MONITOR: BoxKind = {
  name: 'active-monitor',
  place: 'site',
  describe:
    'A monitor learns which addresses answer SYN/ACKs and resets, at the server, what others leave half open (synkill).',
  source: 'RFC 4987 §3.8; Schuba et al. 1997',
  parameters: [
    {
      name: 'expiry',
      kind: 'duration',
      default: 6 * SEC,
      min: 1,
      max: 511 * SEC,
      says: 'how long a handshake may take before the server is told to forget it; our default, the paper tries up to 511 s',
    },
    {
      name: 'staleness',
      kind: 'duration',
      default: 300 * SEC,
      min: 1,
      max: 86_400 * SEC,
      says: 'an address not seen for so long is as one never seen; our default',
    },
    { name: 'perfect', kind: 'prefix-list', default: [], says: 'networks whose connections are never touched' },
    { name: 'evil', kind: 'prefix-list', default: [], says: 'networks whose connections are reset at once' },
    {
      name: 'addresses',
      kind: 'count',
      default: 262_144,
      min: 1,
      max: 4_194_304,
      says: 'addresses remembered; the bad one not seen for longest gives way, then the new, then the good',
    },
    {
      name: 'connections',
      kind: 'count',
      default: 262_144,
      min: 1,
      max: 4_194_304,
      says: 'half-open connections watched; beyond it the oldest is reset',
    },
  ],
  buys: 'Half-open entries live for `expiry` instead of a minute; nothing stands in the way of traffic.',
  costs:
    'Against addresses that are new each time the SYN queue still holds rate × expiry; users slower than expiry are reset and taken for bad until they answer.',
  cost: { seen: 100, serverReset: 250, becameNew: 50, becameGood: 50, becameBad: 50, becameNull: 50 },
  make: (params, deps) =>
    new ActiveMonitor(
      {
        expiry: numberOf(params, 'expiry'),
        staleness: numberOf(params, 'staleness'),
        perfect: parsePrefixes(listOf(params, 'perfect'), 'perfect'),
        evil: parsePrefixes(listOf(params, 'evil'), 'evil'),
        addresses: numberOf(params, 'addresses'),
        connections: numberOf(params, 'connections'),
      },
      deps.secret,
    ),
};
