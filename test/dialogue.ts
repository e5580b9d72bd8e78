/** Test fixture: one connection in a wanted state, and a peer that speaks in bare segments. Expectations compare whole segments. */

import { RFC9293, type TcpConfig } from '../src/tcp/config.ts';
import { Connection } from '../src/tcp/connection.ts';
import { MS, type Nanos, type TcpState } from '../src/tcp/types.ts';
import { IcmpError, type IcmpKind } from '../src/wire/icmp.ts';
import { ACK, FIN, PSH, RST, Segment, SYN, URG } from '../src/wire/segment.ts';

/** Near the wrap on purpose: every comparison that forgets modulo arithmetic fails. */
export const ISS = 0xfffffff0;
export const IRS = 0x7ffffffe;
const LOCAL = 0xc6336407;
const REMOTE = 0xcb007150;

/** No options that change over time: what a test sees is what it compares. */
export const PLAIN: TcpConfig = {
  ...RFC9293,
  mss: 1000,
  rcvBuf: 4000,
  windowScale: -1,
  sack: false,
  timestamps: false,
  nagle: false,
  delayedAck: 0,
};

export interface Said {
  flags: number;
  seq: number;
  ack?: number;
  wnd?: number;
  len?: number;
  data?: string;
  tsVal?: number;
  /** Urgent pointer; there when URG is set. */
  urg?: number;
  /** Options of a SYN; for `recv` only. */
  mss?: number;
  ws?: number;
}

export class Dialogue {
  readonly connection: Connection;
  now: Nanos = 0;
  #out: Said[] = [];
  readonly tx = {
    alloc: (): Segment => new Segment(),
    send: (s: Segment): void => {
      const data = String.fromCharCode(...s.payload.subarray(s.payloadOff, s.payloadOff + s.len));
      const said: Said = { flags: s.flags, seq: s.seq, ack: s.ack, wnd: s.wnd, len: s.len, data };
      if ((s.flags & URG) !== 0) said.urg = s.urg;
      this.#out.push(said);
    },
  };

  constructor(config: TcpConfig = PLAIN) {
    this.connection = Connection.connect(config, LOCAL, 5000, REMOTE, 80, ISS);
  }

  get state(): TcpState {
    return this.connection.state;
  }

  recv(said: Said): void {
    const seg = new Segment();
    seg.src = REMOTE;
    seg.sport = 80;
    seg.dst = LOCAL;
    seg.dport = 5000;
    seg.flags = said.flags;
    seg.seq = said.seq >>> 0;
    seg.ack = (said.ack ?? 0) >>> 0;
    seg.wnd = said.wnd ?? 4000;
    seg.payload = Uint8Array.from(said.data ?? '', (ch) => ch.charCodeAt(0));
    seg.len = seg.payload.length;
    seg.urg = said.urg ?? 0;
    seg.mss = said.mss ?? -1;
    seg.ws = said.ws ?? -1;
    if (said.tsVal !== undefined) {
      seg.tsVal = said.tsVal;
      seg.tsEcr = 0;
    }
    this.connection.onSegment(this.now, seg, this.tx);
  }

  /** An ICMP error about the segment of ours that begins at `seq`. False: it was not believed. */
  icmp(kind: IcmpKind, seq: number, mtu = 0): boolean {
    const icmp = new IcmpError();
    icmp.kind = kind;
    icmp.mtu = mtu;
    icmp.quoted.src = LOCAL;
    icmp.quoted.sport = 5000;
    icmp.quoted.dst = REMOTE;
    icmp.quoted.dport = 80;
    icmp.quoted.seq = seq >>> 0;
    return this.connection.onIcmp(this.now, icmp, this.tx);
  }

  /** All that was sent since the last look, with the fields that `want` names. */
  take(): Said[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  wait(dt: Nanos): void {
    const end = this.now + dt;
    for (let next = this.connection.nextTimer(); next <= end; next = this.connection.nextTimer()) {
      this.now = next;
      this.connection.onTimer(next, this.tx);
    }
    this.now = end;
  }

  say(text: string): number {
    return this.connection.send(
      this.now,
      Uint8Array.from(text, (ch) => ch.charCodeAt(0)),
      this.tx,
    );
  }

  read(): string {
    const into = new Uint8Array(10000);
    const n = this.connection.read(this.now, into, this.tx);
    return String.fromCharCode(...into.subarray(0, n));
  }

  events(): string[] {
    const all: string[] = [];
    for (let e = this.connection.pollEvent(); e !== undefined; e = this.connection.pollEvent()) {
      if (e.type === 'closed') all.push(`closed: ${e.reason}`);
      else all.push(e.type === 'soft-error' ? `soft-error: ${e.error}` : e.type);
    }
    return all;
  }
}

export function synSent(config?: TcpConfig): Dialogue {
  const d = new Dialogue(config);
  d.connection.open(0, d.tx);
  d.take();
  return d;
}

/** SYN-RECEIVED after an active OPEN: a simultaneous open under way. */
export function synReceived(config?: TcpConfig): Dialogue {
  const d = synSent(config);
  d.recv({ flags: SYN, seq: IRS });
  d.take();
  return d;
}

export function established(config?: TcpConfig): Dialogue {
  const d = synSent(config);
  d.now = 10 * MS;
  d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1 });
  d.take();
  d.events();
  return d;
}

export function finWait1(config?: TcpConfig): Dialogue {
  const d = established(config);
  d.connection.close(d.now, d.tx);
  d.take();
  return d;
}

export function finWait2(config?: TcpConfig): Dialogue {
  const d = finWait1(config);
  d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2 });
  d.take();
  return d;
}

export function closeWait(config?: TcpConfig): Dialogue {
  const d = established(config);
  d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 1 });
  d.take();
  return d;
}

export function closing(config?: TcpConfig): Dialogue {
  const d = finWait1(config);
  d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 1 });
  d.take();
  return d;
}

export function lastAck(config?: TcpConfig): Dialogue {
  const d = closeWait(config);
  d.connection.close(d.now, d.tx);
  d.take();
  return d;
}

export function timeWait(config?: TcpConfig): Dialogue {
  const d = finWait2(config);
  d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 2 });
  d.take();
  return d;
}

export { ACK, FIN, PSH, RST, SYN, URG };
