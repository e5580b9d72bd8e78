/** One listener against a crowd, on virtual time: what the tests of the defences have in common. */
import { LINUX6, type TcpConfig } from '../../src/tcp/config.ts';
import type { HalfOpen } from '../../src/tcp/half-open.ts';
import { IsnGenerator } from '../../src/tcp/isn.ts';
import type { ListenOptions } from '../../src/tcp/listen-options.ts';
import { Listener } from '../../src/tcp/listener.ts';
import { MS, type Nanos, type TcpState } from '../../src/tcp/types.ts';
import type { Rule } from '../../src/tcp/why.ts';
import { ACK, copySegment, RST, Segment, SYN } from '../../src/wire/segment.ts';

const SERVER = 0xc0000201; // 192.0.2.1
const CROWD = 0xc6120000; // 198.18.0.0/15
const V6 = 2 ** 32; // handles of IPv6 addresses begin here
const PORT = 80;
export const SECRET: Uint32Array = Uint32Array.of(1, 2, 3, 4);

/** A connection that came of a handshake. */
export interface Child {
  readonly state: TcpState;
  readonly half: HalfOpen;
}

export class Bout {
  now: Nanos = 0;
  /** Addresses of the server and of client 0. */
  server = SERVER;
  crowd = CROWD;
  readonly listener: Listener<Child>;
  /** Segments sent since the last look. */
  readonly out: Segment[] = [];
  /** Rules reported since the last look. */
  readonly reasons: Rule[] = [];
  /** The ISS of the last SYN/ACK to each client. */
  readonly iss = new Map<number, number>();
  /** When the last timer fired. */
  lastTimer: Nanos = 0;
  /** Connections that came of a cookie, not of an entry. */
  cookieOpens = 0;
  readonly #tx = { alloc: () => new Segment(), send: (s: Segment) => this.#sent(s) };

  constructor(options: ListenOptions, config: TcpConfig = LINUX6) {
    const isns = new IsnGenerator(SECRET);
    this.listener = new Listener<Child>(PORT, options, {
      config,
      secret: SECRET,
      isn: (now, a, b, c, d) => isns.isn(now, a, b, c, d),
      tsNow: (now) => Math.floor(now / MS) >>> 0,
      promote: (_now, _config, half) => ({ state: 'ESTABLISHED', half: { ...half } }),
    });
  }

  /** Everybody has IPv6 addresses. */
  v6(): this {
    this.server = V6;
    this.crowd = V6 + 1;
    return this;
  }

  /** Keeps the reasons from now on. */
  explain(): this {
    this.listener.why = {
      check: (rule) => this.reasons.push(rule),
      act: (rule) => this.reasons.push(rule),
      state: () => {},
    };
    return this;
  }

  /** Client `i` sends a SYN; each has an address of its own. Returns what was answered. */
  syn(i: number, fields: Partial<Segment> = {}): readonly Segment[] {
    return this.recv(i, { flags: SYN, seq: 1000 + i, mss: 1460, ...fields });
  }

  /** Client `i` acknowledges the last SYN/ACK it got. False when it got none, or nothing came of it. */
  ack(i: number, fields: Partial<Segment> = {}): boolean {
    const iss = this.iss.get(i);
    if (iss === undefined) return false;
    const { counters } = this.listener;
    const { PassiveOpens, SyncookiesRecv } = counters;
    this.recv(i, { flags: ACK, seq: 1001 + i, ack: (iss + 1) >>> 0, ...fields });
    const opened = counters.PassiveOpens > PassiveOpens;
    if (opened && counters.SyncookiesRecv > SyncookiesRecv) this.cookieOpens++;
    return opened;
  }

  rst(i: number): void {
    this.recv(i, { flags: RST, seq: 1001 + i });
  }

  recv(i: number, fields: Partial<Segment>): readonly Segment[] {
    this.out.length = 0;
    this.reasons.length = 0;
    const seg = Object.assign(new Segment(), {
      src: this.crowd + i,
      sport: 1024,
      dst: this.server,
      dport: PORT,
      wnd: 64240,
    });
    this.listener.onSegment(this.now, Object.assign(seg, fields), this.#tx);
    return this.out;
  }

  /** SYNs of clients `from` to `to` - 1, all now; the answers go nowhere. */
  flood(from: number, to: number): void {
    const seg = Object.assign(new Segment(), {
      sport: 1024,
      dst: this.server,
      dport: PORT,
      wnd: 64240,
      flags: SYN,
      mss: 1460,
    });
    const answer = new Segment();
    const tx = { alloc: () => answer, send: () => {} };
    for (let i = from; i < to; i++) {
      seg.src = this.crowd + i;
      seg.seq = 1000 + i;
      this.listener.onSegment(this.now, seg, tx);
    }
  }

  /** Runs timers up to `until`; the times at which SYN/ACKs left. */
  drive(until: Nanos): Nanos[] {
    const times: Nanos[] = [];
    this.out.length = 0;
    for (let at = this.listener.nextTimer(); at <= until; at = this.listener.nextTimer()) {
      this.now = at;
      this.lastTimer = at;
      this.listener.onTimer(at, this.#tx);
      for (; this.out.length > 0; this.out.pop()) times.push(at);
    }
    this.now = until;
    return times;
  }

  get half(): number {
    return this.listener.synQueue.length;
  }

  #sent(s: Segment): void {
    const own = new Segment();
    copySegment(s, own);
    this.out.push(own);
    if (s.flags & SYN) this.iss.set(s.dst - this.crowd, s.seq);
  }
}
