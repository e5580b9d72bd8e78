/**
 * Connections in TIME-WAIT whose application is gone, as rows of 80 bytes: all they may still have to do is to answer a
 * FIN that comes again, or a stranger (RFC 9293 §3.10.7.4). Linux keeps such a minisock, too (inet_timewait_sock).
 *
 * When a segment comes for one, the control block is made again from its row and deals with it as if it had never been
 * away. A host that closes tens of thousands of connections a second holds the rest of them for nothing.
 */
import type { Segment } from '../wire/segment.ts';
import type { TcpConfig } from './config.ts';
import { Connection } from './connection.ts';
import { jhash3 } from './jhash.ts';
import { enter, type Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';

export class TimeWaitRows {
  size = 0;
  #i32 = new Int32Array(FIRST * STRIDE);
  #f64 = new Float64Array(FIRST * STRIDE_F64);
  /** Configuration of each row; rows of a host have few. */
  #configs: (TcpConfig | null)[] = new Array<TcpConfig | null>(FIRST).fill(null);
  #buckets: Int32Array = new Int32Array(FIRST).fill(NIL);
  #rows = 0;
  #free = NIL;
  /** By the end of their time: first to end first. */
  #first = NIL;
  #last = NIL;
  readonly #seed: number;

  /** `seed` keys the hash. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Takes in what is left of a connection in TIME-WAIT. */
  add(t: Readonly<Tcb>): void {
    const row = this.#take();
    const i32 = this.#i32;
    const at = row * STRIDE;
    i32[at + LOCAL] = t.local;
    i32[at + REMOTE] = t.remote;
    i32[at + PORTS] = (t.remotePort << 16) | t.localPort;
    i32[at + SND_NXT] = t.sndNxt;
    i32[at + RCV_NXT] = t.rcvNxt;
    i32[at + RCV_ADV] = t.rcvAdv;
    i32[at + LAST_ACK_SENT] = t.lastAckSent;
    i32[at + MAX_SND_WND] = t.maxSndWnd;
    i32[at + TS_RECENT] = t.tsRecent;
    i32[at + TS_OFFSET] = t.tsOffset;
    i32[at + BITS] =
      (t.tsOk ? TS : 0) |
      (t.sackOk ? SACK : 0) |
      (t.scaleOk ? SCALE : 0) |
      (t.remote > 0xffff_ffff ? V6 : 0) |
      (t.sndScale << 4) |
      (t.rcvScale << 8);
    i32[at + WINDOW_UNIT] = t.windowUnit;
    const f64 = this.#f64;
    f64[row * STRIDE_F64 + ENDS_AT] = t.timeWaitAt;
    f64[row * STRIDE_F64 + CHALLENGED_AT] = t.lastChallengeAt;
    f64[row * STRIDE_F64 + TS_RECENT_AT] = t.tsRecentAt;
    this.#configs[row] = t.config;
    const bucket = this.#bucket(i32[at + LOCAL]!, i32[at + REMOTE]!, i32[at + PORTS]!);
    i32[at + CHAIN] = this.#buckets[bucket]!;
    this.#buckets[bucket] = row;
    this.#enqueue(row, t.timeWaitAt);
    this.size++;
  }

  /** Whether the connection is among them. */
  has(local: number, localPort: number, remote: number, remotePort: number): boolean {
    return this.size > 0 && this.#find(local | 0, remote | 0, (remotePort << 16) | localPort, remote) !== NIL;
  }

  /** The connection that `seg` was sent to, made again and out of the rows; null: none of them. */
  wake(seg: Readonly<Segment>): Connection | null {
    const row = this.#find(seg.dst | 0, seg.src | 0, (seg.sport << 16) | seg.dport, seg.src);
    if (row === NIL) return null;
    const connection = this.#rebuild(row, seg);
    this.#remove(row);
    return connection;
  }

  /** When the first of them is over; `Infinity` = there is none. */
  #next(): Nanos {
    return this.#first === NIL ? Infinity : this.#f64[this.#first * STRIDE_F64 + ENDS_AT]!;
  }

  /** Forgets those whose time is over. */
  expire(now: Nanos): void {
    while (this.#next() <= now) this.#remove(this.#first);
  }

  clear(): void {
    while (this.#first !== NIL) this.#remove(this.#first);
  }

  #rebuild(row: number, seg: Readonly<Segment>): Connection {
    const i32 = this.#i32;
    const at = row * STRIDE;
    const config = this.#configs[row]!;
    const sndNxt = i32[at + SND_NXT]! >>> 0;
    const c = Connection.connect(config, seg.dst, seg.dport, seg.src, seg.sport, (sndNxt - 1) >>> 0);
    const t = c.tcb;
    const bits = i32[at + BITS]!;
    t.sndNxt = sndNxt;
    t.sndUna = sndNxt;
    t.synAcked = true;
    t.closing = true;
    t.finSent = true;
    t.rcvNxt = i32[at + RCV_NXT]! >>> 0;
    t.rcvAdv = i32[at + RCV_ADV]! >>> 0;
    t.lastAckSent = i32[at + LAST_ACK_SENT]! >>> 0;
    t.maxSndWnd = i32[at + MAX_SND_WND]! >>> 0;
    t.tsOk = (bits & TS) !== 0;
    t.sackOk = (bits & SACK) !== 0;
    t.scaleOk = (bits & SCALE) !== 0;
    t.sndScale = (bits >>> 4) & 15;
    t.rcvScale = (bits >>> 8) & 15;
    t.tsRecent = i32[at + TS_RECENT]! >>> 0;
    t.tsOffset = i32[at + TS_OFFSET]! >>> 0;
    t.windowUnit = i32[at + WINDOW_UNIT]!;
    const f64 = this.#f64;
    t.lastChallengeAt = f64[row * STRIDE_F64 + CHALLENGED_AT]!;
    t.tsRecentAt = f64[row * STRIDE_F64 + TS_RECENT_AT]!;
    t.timeWaitAt = f64[row * STRIDE_F64 + ENDS_AT]!;
    enter(t, 'TIME-WAIT');
    return c;
  }

  #find(local: number, remote: number, ports: number, address: number): number {
    const i32 = this.#i32;
    const family = address > 0xffff_ffff ? V6 : 0;
    let row = this.#buckets[this.#bucket(local, remote, ports)]!;
    while (row !== NIL) {
      const at = row * STRIDE;
      const same = i32[at + REMOTE] === remote && i32[at + PORTS] === ports && i32[at + LOCAL] === local;
      if (same && (i32[at + BITS]! & V6) === family) break;
      row = i32[at + CHAIN]!;
    }
    return row;
  }

  #take(): number {
    const row = this.#free;
    if (row !== NIL) {
      this.#free = this.#i32[row * STRIDE + CHAIN]!;
      return row;
    }
    if (this.#rows === this.#configs.length) this.#grow();
    return this.#rows++;
  }

  /** Nearly always last: only one with a shorter wait than its elders goes before them. */
  #enqueue(row: number, endsAt: Nanos): void {
    const i32 = this.#i32;
    const f64 = this.#f64;
    let before = this.#last;
    while (before !== NIL && f64[before * STRIDE_F64 + ENDS_AT]! > endsAt) before = i32[before * STRIDE + PREV]!;
    const after = before === NIL ? this.#first : i32[before * STRIDE + NEXT]!;
    i32[row * STRIDE + PREV] = before;
    i32[row * STRIDE + NEXT] = after;
    if (before === NIL) this.#first = row;
    else i32[before * STRIDE + NEXT] = row;
    if (after === NIL) this.#last = row;
    else i32[after * STRIDE + PREV] = row;
  }

  #remove(row: number): void {
    const i32 = this.#i32;
    const at = row * STRIDE;
    const before = i32[at + PREV]!;
    const after = i32[at + NEXT]!;
    if (before === NIL) this.#first = after;
    else i32[before * STRIDE + NEXT] = after;
    if (after === NIL) this.#last = before;
    else i32[after * STRIDE + PREV] = before;
    const bucket = this.#bucket(i32[at + LOCAL]!, i32[at + REMOTE]!, i32[at + PORTS]!);
    let link = this.#buckets[bucket]!;
    if (link === row) this.#buckets[bucket] = i32[at + CHAIN]!;
    else {
      while (i32[link * STRIDE + CHAIN] !== row) link = i32[link * STRIDE + CHAIN]!;
      i32[link * STRIDE + CHAIN] = i32[at + CHAIN]!;
    }
    i32[at + CHAIN] = this.#free;
    this.#free = row;
    this.#configs[row] = null;
    this.size--;
  }

  #bucket(local: number, remote: number, ports: number): number {
    return jhash3(remote, ports, local, this.#seed) & (this.#buckets.length - 1);
  }

  #grow(): void {
    const rows = 2 * this.#configs.length;
    const i32 = new Int32Array(rows * STRIDE);
    i32.set(this.#i32);
    this.#i32 = i32;
    const f64 = new Float64Array(rows * STRIDE_F64);
    f64.set(this.#f64);
    this.#f64 = f64;
    this.#configs.length = rows;
    this.#configs.fill(null, rows / 2);
    this.#buckets = new Int32Array(rows).fill(NIL);
    // Only called when no row is free, so all are in use.
    for (let row = 0; row < this.#rows; row++) {
      const at = row * STRIDE;
      const bucket = this.#bucket(i32[at + LOCAL]!, i32[at + REMOTE]!, i32[at + PORTS]!);
      i32[at + CHAIN] = this.#buckets[bucket]!;
      this.#buckets[bucket] = row;
    }
  }
}

const NIL = -1;
const FIRST = 16;

/** Fields of a row: `i32[row * STRIDE + FIELD]`. */
const STRIDE = 15;
const LOCAL = 0;
const REMOTE = 1;
const PORTS = 2; // remote port << 16 | local port
const SND_NXT = 3;
const RCV_NXT = 4;
const RCV_ADV = 5;
const LAST_ACK_SENT = 6;
const MAX_SND_WND = 7;
const TS_RECENT = 8;
const TS_OFFSET = 9;
const BITS = 10; // receive scale << 8 | send scale << 4 | the bits below
const WINDOW_UNIT = 11;
const CHAIN = 12; // next row in the same bucket; next free row when not in use
const PREV = 13;
const NEXT = 14;
/** Times in ns: `f64[row * STRIDE_F64 + FIELD]`. */
const STRIDE_F64 = 3;
const ENDS_AT = 0;
const CHALLENGED_AT = 1;
const TS_RECENT_AT = 2;

const TS = 1;
const SACK = 2;
const SCALE = 4;
const V6 = 8;
