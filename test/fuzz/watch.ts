/** Stands between the fuzzer and an endpoint and throws at the first thing that must never happen. */
import type { TcpConfig } from '../../src/tcp/config.ts';
import type { Connection } from '../../src/tcp/connection.ts';
import type { Endpoint, Nanos, TcpState } from '../../src/tcp/types.ts';
import type { WhySink } from '../../src/tcp/why.ts';
import { ACK, FIN, RST, Segment, SYN, URG } from '../../src/wire/segment.ts';
import { seqDiff } from '../../src/wire/seq.ts';
import { LONGEST, STREAM } from './segments.ts';

interface Sent {
  readonly flags: number;
  readonly len: number;
  readonly seq: number;
  readonly dport: number;
}

/** What one connection has sent so far, as far as later segments must agree with it. */
interface Track {
  right: number;
  tsVal: number;
}

export class Watch {
  readonly sent: Sent[] = [];
  /** Fast Open cookies that were handed out. */
  readonly cookies: Uint8Array[] = [];
  now: Nanos;
  readonly tx = {
    alloc: (): Segment => new Segment(),
    send: (s: Segment): void => this.#onSent(s),
  };
  readonly #end: Endpoint;
  readonly #config: TcpConfig;
  readonly #list: () => Iterable<Connection>;
  /** Connections as of the last look: the stack must not be asked while it is sending. */
  #known: Connection[];
  readonly #tracks = new Map<Connection, Track>();
  /** When each connection or half-open entry last sent a challenge ACK. */
  readonly #challenges = new Map<Connection | string, Nanos>();

  /** `list`: the connections that there are now. */
  constructor(end: Endpoint, now: Nanos, config: TcpConfig, list: () => Iterable<Connection>) {
    this.#end = end;
    this.now = now;
    this.#config = config;
    this.#list = list;
    this.#known = [...list()];
  }

  /**
   * Gives `seg`. A RST is answered by a challenge ACK at most (RFC 5961 §3.2, the one exception to silence), anything else
   * by one segment beside text and FIN; and challenge ACKs of one connection keep their distance (RFC 5961 §7).
   */
  give(seg: Segment): void {
    const before = this.sent.length;
    const c = this.#known.find((each) => each.tcb.remotePort === seg.sport && each.tcb.localPort === seg.dport);
    const state = c?.state ?? 'LISTEN';
    this.#end.onSegment(this.now, seg, this.tx);
    const out = this.sent.slice(before);
    const bare = out.filter((s) => s.len === 0 && (s.flags & FIN) === 0);
    if (bare.length > 1) throw new Error(`${bare.length} answers to one segment`);
    if ((seg.flags & RST) !== 0 && out.some((s) => (s.flags & ~URG) !== ACK || s.len > 0)) {
      throw new Error('a RST was answered by more than a challenge ACK');
    }
    // A SYN that opens the connection gets its ACK; elsewhere an ACK in answer to RST or SYN is a challenge.
    const challenge = (seg.flags & (RST | SYN)) !== 0 && bare.length > 0 && (bare[0]!.flags & ~URG) === ACK;
    const stays = c === undefined || (c.state === state && state !== 'SYN-SENT' && state !== 'CLOSED');
    if (challenge && stays) this.#challenged(c ?? `half-open ${bare[0]!.seq}`);
    this.#check();
  }

  /** Something else than a segment: a call of the application, an ICMP error. */
  do(what: (now: Nanos) => void): void {
    what(this.now);
    this.#check();
  }

  /** Lets time pass until `until`, or until no timer runs; more than `most` timers is a livelock. */
  wait(until: Nanos, most: number): void {
    for (let n = 0; ; n++) {
      const next = this.#end.nextTimer();
      if (next === Infinity || next > until) break;
      if (n >= most) throw new Error(`more than ${most} timers`);
      this.now = Math.max(this.now, next);
      this.#end.onTimer(this.now, this.tx);
      this.#check();
    }
    this.now = until === Infinity ? this.now : until;
  }

  #check(): void {
    const next = this.#end.nextTimer();
    if (!(next >= 0)) throw new Error(`timer at ${next}`);
    this.#known = [...this.#list()];
  }

  #challenged(whose: Connection | string): void {
    const last = this.#challenges.get(whose) ?? -Infinity;
    if (this.now - last < this.#config.challengeAckInterval) {
      throw new Error(`challenge ACKs ${this.now - last} ns apart`);
    }
    this.#challenges.set(whose, this.now);
  }

  #onSent(s: Segment): void {
    if (s.payloadOff + s.len > s.payload.length || s.len < 0) throw new Error('payload beyond its array');
    for (const [name, value] of Object.entries({ seq: s.seq, ack: s.ack })) {
      if (value !== value >>> 0) throw new Error(`${name} is ${value}, no uint32`);
    }
    if (s.wnd < 0 || s.wnd > 0xffff || !Number.isInteger(s.wnd)) throw new Error(`window field ${s.wnd}`);
    if (s.urg < 0 || s.urg > 0xffff) throw new Error(`urgent pointer ${s.urg}`);
    if (s.tfoLen > 0) this.cookies.push(s.tfo.slice(0, s.tfoLen));
    for (const c of this.#known) {
      const t = c.tcb;
      const from = t.localPort === s.sport && t.remotePort === s.dport && t.remote === s.dst;
      if (from && t.state !== 'CLOSED' && (s.flags & RST) === 0) this.#onSegmentOf(c, s);
    }
    this.sent.push({ flags: s.flags, len: s.len, seq: s.seq, dport: s.dport });
  }

  #onSegmentOf(c: Connection, s: Segment): void {
    const t = c.tcb;
    if ((s.flags & ACK) !== 0 && s.ack !== t.rcvNxt) throw new Error(`ACK ${s.ack}, RCV.NXT is ${t.rcvNxt}`);
    const place = s.seq - t.iss - ((s.flags & SYN) === 0 ? 1 : 0);
    for (const i of [0, s.len >> 1, s.len - 1]) {
      if (s.len > 0 && s.payload[s.payloadOff + i] !== ((place + i) & 0xff))
        throw new Error(`wrong byte at ${place + i}`);
    }
    const track = this.#tracks.get(c) ?? { right: -1, tsVal: -1 };
    this.#tracks.set(c, track);
    if (s.tsVal >= 0) {
      if (track.tsVal >= 0 && ((s.tsVal - track.tsVal) | 0) < 0) throw new Error('the timestamp clock went back');
      track.tsVal = s.tsVal;
    }
    if ((s.flags & (ACK | SYN)) !== ACK) return;
    const right = (s.ack + (s.wnd << t.rcvScale)) >>> 0;
    // Rounding may seem to take back less than one unit (RFC 7323 §2.4).
    if (track.right >= 0 && seqDiff(right, track.right) <= -(1 << t.rcvScale)) throw new Error('the window shrank');
    if (track.right < 0 || seqDiff(right, track.right) > 0) track.right = right;
  }
}

/** No more held than was offered, and no number gone astray. */
export function checkBounds(c: Connection, config: TcpConfig): void {
  const t = c.tcb;
  // One unit of the scale, and one segment that may hang over the edge of the window (habits.edgesAcceptable).
  const unit = 2 ** t.rcvScale + (config.habits.edgesAcceptable ? LONGEST : 0);
  if (c.readable > config.rcvBuf + unit) throw new Error(`${c.readable} bytes held`);
  if (c.rcvWnd > config.rcvBuf + unit) throw new Error(`window of ${c.rcvWnd}`);
  if ((t.sendBuffer?.length ?? 0) > config.sndBuf) throw new Error('send buffer');
  if (!(t.cwnd >= 0) || !(t.sndMss > 0)) throw new Error(`cwnd ${t.cwnd}, MSS ${t.sndMss}`);
  if ((t.sndNxt - t.sndUna) >>> 0 > config.sndBuf + 2) throw new Error('SND.NXT ran away');
  if (c.urgent < 0 || c.urgent > 0x10000 + config.rcvBuf + unit) throw new Error(`urgent for ${c.urgent} bytes`);
}

/** An application that reads and knows what it must read: the byte at place p of the stream is `p & 255`. */
export class Reader {
  #read = 0;
  readonly #connection: Connection;
  readonly #into = new Uint8Array(8000);

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  read(now: Nanos, most: number, watch: Watch): void {
    const c = this.#connection;
    const into = this.#into.subarray(0, most);
    const n = c.read(now, into, watch.tx);
    const first = c.tcb.irs + 1 + this.#read;
    for (let i = 0; i < n; i++) {
      if (into[i] !== ((first + i) & 0xff)) throw new Error(`read a wrong byte at ${this.#read + i}`);
    }
    this.#read += n;
  }
}

/** An application that writes: the byte at place p of the stream is `p & 255`. */
export class Writer {
  #written = 0;
  readonly #connection: Connection;

  constructor(connection: Connection, written = 0) {
    this.#connection = connection;
    this.#written = written;
  }

  write(now: Nanos, most: number, urgent: boolean, watch: Watch): void {
    const c = this.#connection;
    const from = this.#written & 0xff;
    const bytes = STREAM.subarray(from, from + most);
    this.#written += urgent ? c.sendUrgent(now, bytes, watch.tx) : c.send(now, bytes, watch.tx);
  }
}

/** RFC 9293 figure 5 for one connection object; CLOSED can follow any state. */
const EDGES: Readonly<Record<TcpState, readonly TcpState[]>> = {
  CLOSED: ['SYN-SENT'],
  LISTEN: ['SYN-RECEIVED'],
  'SYN-SENT': ['SYN-RECEIVED', 'ESTABLISHED'],
  'SYN-RECEIVED': ['ESTABLISHED', 'FIN-WAIT-1', 'LISTEN'],
  ESTABLISHED: ['FIN-WAIT-1', 'CLOSE-WAIT'],
  'FIN-WAIT-1': ['FIN-WAIT-2', 'CLOSING', 'TIME-WAIT'],
  'FIN-WAIT-2': ['TIME-WAIT'],
  'CLOSE-WAIT': ['LAST-ACK'],
  CLOSING: ['TIME-WAIT'],
  'LAST-ACK': [],
  'TIME-WAIT': [],
};

export const figure5: WhySink = {
  check: () => undefined,
  act: () => undefined,
  state: (from, to) => {
    if (to !== 'CLOSED' && !EDGES[from].includes(to)) throw new Error(`illegal state change ${from} -> ${to}`);
  },
};
