/**
 * Semi-transparent gateway, "ACK spoofing" (RFC 4987 §3.8; Schuba et al., IEEE S&P 1997, "firewall as a semi-transparent
 * gateway"): the handshake passes, but when the server sends its SYN/ACK the gateway completes it at once in the client's
 * name. The entry leaves the SYN queue after a round trip of the LAN. If the client's own ACK does not come in time, the
 * gateway resets the connection it has made.
 *
 * Its ACK offers a window of 0: the server sends nothing to somebody who has not spoken yet, so the client's own ACK,
 * which opens the window, can have one number only.
 */
import { type Nanos, SEC } from '../../tcp/types.ts';
import { ACK, RST, type Segment, SYN } from '../../wire/segment.ts';
import { seqAdd } from '../../wire/seq.ts';
import { type BoxKind, numberOf } from './box-kind.ts';
import { EntryTable } from './entry-table.ts';
import { asClient, asServer, resetServer } from './speak.ts';
import type { BoxPort, Middlebox } from './types.ts';

class SemiTransparentGateway implements Middlebox {
  readonly name = 'semi-transparent-gateway';
  readonly counters = {
    seen: 0,
    ackSent: 0,
    synAbsorbed: 0,
    synAckSent: 0,
    verified: 0,
    clientReset: 0,
    serverReset: 0,
    evicted: 0,
  };
  readonly #timeout: Nanos;
  /** Connections completed for a client that has not spoken since. */
  readonly #table: EntryTable;

  constructor(timeout: Nanos, entries: number, secret: Uint32Array) {
    this.#timeout = timeout;
    this.#table = new EntryTable(entries, 1, COLUMNS, secret);
  }

  get entries(): number {
    return this.#table.length;
  }

  fromNet(_now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    this.counters.seen++;
    const table = this.#table;
    const row = table.find(seg.src, seg.sport, seg.dst, seg.dport);
    if (row < 0) return true;
    const at = row * COLUMNS;
    const next = table.ints[at + CLIENT_NEXT]! >>> 0;
    if ((seg.flags & SYN) !== 0) {
      if ((seg.flags & ACK) !== 0 || seqAdd(seg.seq, 1) !== next) return true;
      // The SYN/ACK was lost. The server believes the handshake complete and would only challenge this SYN.
      this.counters.synAbsorbed++;
      this.#repeatSynAck(row, out);
      return false;
    }
    if ((seg.flags & RST) !== 0) {
      if (seg.seq !== next) return true;
      this.counters.clientReset++;
      table.remove(row);
    } else if ((seg.flags & ACK) !== 0 && seg.ack === seqAdd(table.ints[at + SERVER_ISN]!, 1)) {
      this.counters.verified++;
      table.remove(row);
    }
    return true;
  }

  fromServer(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    this.counters.seen++;
    const table = this.#table;
    if ((seg.flags & RST) !== 0) {
      const row = table.find(seg.dst, seg.dport, seg.src, seg.sport);
      if (row >= 0) table.remove(row);
      return true;
    }
    if ((seg.flags & (SYN | ACK)) !== (SYN | ACK)) return true;
    let row = table.find(seg.dst, seg.dport, seg.src, seg.sport);
    if (row < 0) {
      if (table.full) {
        this.counters.evicted++;
        this.#giveUp(table.oldest(0), out);
      }
      row = table.insert(seg.dst, seg.dport, seg.src, seg.sport, 0, now);
    }
    const at = row * COLUMNS;
    const { ints } = table;
    ints[at + CLIENT_NEXT] = seg.ack;
    ints[at + SERVER_ISN] = seg.seq;
    ints[at + MSS_WND] = ((seg.mss & 0xffff) << 16) | seg.wnd;
    ints[at + OPTIONS] =
      (seg.ws & 0xff) | (seg.sackPerm ? SACK : 0) | (seg.tsVal < 0 ? 0 : TIMESTAMPS) | (seg.mss < 0 ? 0 : MSS);
    ints[at + TS_VAL] = seg.tsVal;
    ints[at + TS_ECR] = seg.tsEcr;
    this.#acknowledge(row, out);
    return true;
  }

  onTimer(now: Nanos, out: BoxPort): void {
    while (this.#table.due(0, this.#timeout) <= now) this.#giveUp(this.#table.oldest(0), out);
  }

  nextTimer(): Nanos {
    return this.#table.due(0, this.#timeout);
  }

  /** The third segment of the handshake, in the client's name. */
  #acknowledge(row: number, out: BoxPort): void {
    const { ints } = this.#table;
    const at = row * COLUMNS;
    const ack = asClient(this.#table, row, out);
    ack.seq = ints[at + CLIENT_NEXT]! >>> 0;
    ack.ack = seqAdd(ints[at + SERVER_ISN]!, 1);
    ack.flags = ACK;
    if ((ints[at + OPTIONS]! & TIMESTAMPS) !== 0) {
      ack.tsVal = ints[at + TS_ECR]! >>> 0;
      ack.tsEcr = ints[at + TS_VAL]! >>> 0;
    }
    this.counters.ackSent++;
    out.toServer(ack);
  }

  /** The server's SYN/ACK once more. */
  #repeatSynAck(row: number, out: BoxPort): void {
    const { ints } = this.#table;
    const at = row * COLUMNS;
    const options = ints[at + OPTIONS]!;
    const s = asServer(this.#table, row, out);
    s.seq = ints[at + SERVER_ISN]! >>> 0;
    s.ack = ints[at + CLIENT_NEXT]! >>> 0;
    s.flags = SYN | ACK;
    s.wnd = ints[at + MSS_WND]! & 0xffff;
    if ((options & MSS) !== 0) s.mss = ints[at + MSS_WND]! >>> 16;
    s.ws = (options & 0xff) === 0xff ? -1 : options & 0xff;
    s.sackPerm = (options & SACK) !== 0;
    if ((options & TIMESTAMPS) !== 0) {
      s.tsVal = ints[at + TS_VAL]! >>> 0;
      s.tsEcr = ints[at + TS_ECR]! >>> 0;
    }
    this.counters.synAckSent++;
    out.toNet(s);
  }

  #giveUp(row: number, out: BoxPort): void {
    this.counters.serverReset++;
    resetServer(this.#table, row, this.#table.ints[row * COLUMNS + CLIENT_NEXT]! >>> 0, out);
    this.#table.remove(row);
  }
}

const CLIENT_NEXT = 0;
const SERVER_ISN = 1;
const MSS_WND = 2;
const OPTIONS = 3;
const TS_VAL = 4;
const TS_ECR = 5;
const COLUMNS = 6;
/** Bits of OPTIONS above the window scale, of which 255 means none. */
const SACK = 0x100;
const TIMESTAMPS = 0x200;
const MSS = 0x400;

export const SEMI_TRANSPARENT_GATEWAY: BoxKind = {
  name: 'semi-transparent-gateway',
  place: 'site',
  describe:
    "The gateway completes each handshake with the server itself and resets the connection when the client's own ACK does not come in time.",
  source: 'RFC 4987 §3.8; Schuba et al. 1997',
  parameters: [
    {
      name: 'timeout',
      kind: 'duration',
      default: 10 * SEC,
      min: 1,
      max: 3600 * SEC,
      says: "how long the client's ACK may take; no default is documented, this one covers a SYN/ACK lost three times",
    },
    {
      name: 'entries',
      kind: 'count',
      default: 262_144,
      min: 1,
      max: 4_194_304,
      says: 'connections that wait for their client; beyond it the oldest is reset',
    },
  ],
  buys: 'No entry stays in the SYN queue longer than a round trip between gateway and server; users lose nothing.',
  costs:
    'The server carries the flood as established connections instead, rate × timeout of them, through its accept queue.',
  cost: { seen: 80, ackSent: 250, serverReset: 250, synAckSent: 300, verified: 50 },
  make: (params, deps) =>
    new SemiTransparentGateway(numberOf(params, 'timeout'), numberOf(params, 'entries'), deps.secret),
};
