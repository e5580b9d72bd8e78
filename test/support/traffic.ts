/**
 * Captures made by hand for the tests of judgements: who sends what when, as raw IPv4 frames in order of time. It shares no
 * code with the simulator, so that a mistake of one is not the truth of the other.
 */
import type { FrameLike } from '../../src/diagnose.ts';
import { Rng } from '../../src/sim/rng.ts';
import { AddressTable } from '../../src/wire/address.ts';
import { Direction } from '../../src/wire/direction.ts';
import { encodeIpPacket, ipPacketLength } from '../../src/wire/packet.ts';
import { ACK, FIN, PSH, RST, resetSegment, Segment, SYN } from '../../src/wire/segment.ts';

export const SEC = 1e9;
export const MS = 1e6;
/** 203.0.113.80. */
export const SERVER = 0xcb007150;
const RAW_IP = 101;

/** What a host's stack puts into its SYN. */
export interface Stack {
  readonly ttl: number;
  readonly wnd: number;
  readonly options: 'linux' | 'windows' | 'mac' | 'none' | 'mss';
}

/** What becomes of one call of `connect`. */
export interface Opening {
  readonly at: number;
  readonly client: number;
  readonly clientPort: number;
  readonly server?: number;
  readonly port?: number;
  readonly stack?: Stack;
  readonly x?: number;
  /** Round trip in ns. */
  readonly rtt?: number;
  readonly ends:
    | 'served'
    | 'unanswered'
    | 'half-open'
    /** Half-open at the server; the client hears nothing of it, and sends its SYN `again`. */
    | 'deaf'
    | 'refused'
    | 'aborted'
    /** Reset by the client before an answer came. */
    | 'given-up';
  /** Times after the SYN, in ns, at which it goes again while it is not answered. */
  readonly again?: readonly number[];
  /** Copies of the SYN/ACK while nobody acknowledges it. */
  readonly synackAgain?: readonly number[];
  readonly early?: EarlyData;
}

/** What a SYN carries besides itself: bytes, and a Fast Open cookie of 8 (RFC 7413 §2) or a request for one. */
export interface EarlyData {
  readonly len: number;
  readonly cookie: 'shown' | 'requested' | 'none';
  /** Does the server acknowledge the bytes, too? Else they go again after the handshake (RFC 7413 §4.2.2). */
  readonly accepted: boolean;
}

/** One segment as it will be sent: plain, since a `Segment` holds arrays, and there are hundreds of thousands. */
export interface Sent {
  readonly ts: number;
  readonly src: number;
  readonly sport: number;
  readonly dst: number;
  readonly dport: number;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly len: number;
  readonly stack: Stack;
  /** Bytes of a Fast Open cookie; 0 asks for one, -1: no such option. */
  readonly cookie: number;
  /** Random numbers drawn for it. */
  readonly ipId: number;
  readonly tsVal: number;
}

interface Parts {
  readonly flags: number;
  readonly seq: number;
  readonly ack?: number;
  readonly len?: number;
  readonly cookie?: number;
}

/** Linux: six retransmissions, the last wait not counted. */
export const BACKOFF: readonly number[] = [1, 3, 7, 15, 31, 63].map((s) => s * SEC);

export class Traffic {
  readonly rng: Rng;
  /** Of IPv6: what handles in attempts stand for. */
  readonly addresses: AddressTable = new AddressTable();
  #sent: Sent[] = [];

  constructor(seed = 1) {
    this.rng = new Rng(seed, 2, 3, 4);
  }

  /** One segment. */
  send(at: number, from: readonly [number, number], to: readonly [number, number], parts: Parts, stack: Stack): void {
    const { flags, seq, ack = 0, len = 0, cookie = -1 } = parts;
    const ipId = 1 + this.rng.below(0xffff);
    const tsVal = this.rng.uint32();
    const ts = Math.round(at);
    const [src, sport] = from;
    const [dst, dport] = to;
    this.#sent.push({ ts, src, sport, dst, dport, flags, seq, ack, len, cookie, stack, ipId, tsVal });
  }

  /** A connection attempt and what follows. */
  open(o: Opening): void {
    const client = [o.client, o.clientPort] as const;
    const server = [o.server ?? SERVER, o.port ?? 80] as const;
    const stack = o.stack ?? stackOf(o.client);
    const x = o.x ?? this.rng.uint32();
    const y = this.rng.uint32();
    const rtt = o.rtt ?? (10 + this.rng.below(90)) * MS;
    const { early = NOTHING_EARLY } = o;
    const syn = { flags: SYN, seq: x, len: early.len, cookie: COOKIE_BYTES[early.cookie] };
    const next = (x + 1 + (early.accepted ? early.len : 0)) >>> 0;
    this.send(o.at, client, server, syn, stack);
    const retries = o.again ?? [];
    for (const after of retries) this.send(o.at + after, client, server, syn, stack);
    const unheard = o.ends === 'unanswered' || o.ends === 'deaf';
    const answeredAt = o.at + (unheard ? 0 : (retries.at(-1) ?? 0)) + rtt / 2;
    if (o.ends === 'unanswered') return;
    if (o.ends === 'given-up') {
      this.send(answeredAt, client, server, { flags: RST, seq: x + 1 }, stack);
      return;
    }
    if (o.ends === 'refused') {
      this.send(answeredAt, server, client, { flags: RST | ACK, seq: 0, ack: next }, HOST);
      return;
    }
    const synack = { flags: SYN | ACK, seq: y, ack: next };
    this.send(answeredAt, server, client, synack, HOST);
    for (const after of o.synackAgain ?? []) this.send(answeredAt + after, server, client, synack, HOST);
    if (o.ends === 'half-open' || o.ends === 'deaf') return;
    const acked = answeredAt + rtt / 2;
    if (o.ends === 'aborted') {
      this.send(acked, client, server, { flags: RST, seq: next }, stack);
      return;
    }
    this.#talk(acked, client, server, next, (y + 1) >>> 0, stack, rtt);
  }

  /** ACK, a request, its response, FINs. */
  #talk(
    at: number,
    client: readonly [number, number],
    server: readonly [number, number],
    x: number,
    y: number,
    stack: Stack,
    rtt: number,
  ): void {
    this.send(at, client, server, { flags: ACK, seq: x, ack: y }, stack);
    this.send(at + MS, client, server, { flags: ACK | PSH, seq: x, ack: y, len: DATA }, stack);
    const x2 = (x + DATA) >>> 0;
    this.send(at + rtt / 2 + MS, server, client, { flags: ACK, seq: y, ack: x2, len: DATA }, HOST);
    const y2 = (y + DATA) >>> 0;
    this.send(at + rtt + MS, client, server, { flags: ACK | FIN, seq: x2, ack: y2 }, stack);
    this.send(at + 1.5 * rtt, server, client, { flags: ACK | FIN, seq: y2, ack: (x2 + 1) >>> 0 }, HOST);
    this.send(at + 2 * rtt, client, server, { flags: ACK, seq: (x2 + 1) >>> 0, ack: (y2 + 1) >>> 0 }, stack);
  }

  /** Keeps what the capture point would have seen. */
  keep(seen: (sent: Sent) => boolean): this {
    this.#sent = this.#sent.filter(seen);
    return this;
  }

  /** Raw IP frames in order of time, of which at most `snaplen` bytes were kept. */
  *frames(snaplen = 0xffff): Generator<FrameLike> {
    const sorted = this.#sent.toSorted((a, b) => a.ts - b.ts);
    const start = sorted[0]?.ts ?? 0;
    const seg = new Segment();
    let number = 0;
    for (const sent of sorted) {
      fill(seg, sent);
      const bytes = new Uint8Array(ipPacketLength(seg));
      encodeIpPacket(seg, this.addresses, bytes, 0, { ttl: sent.stack.ttl, ipId: sent.ipId });
      const view = new DataView(bytes.buffer);
      yield {
        number: ++number,
        ts: sent.ts - start,
        linkType: RAW_IP,
        direction: Direction.Unknown,
        bytes,
        view,
        off: 0,
        end: Math.min(snaplen, bytes.length),
      };
    }
  }
}

/** A client of the Internet, the same for each of its connections: stack and distance follow from the address. */
export function stackOf(address: number): Stack {
  const h = Math.imul(address ^ (address >>> 15), 0x2c1b_3c6d) >>> 0;
  const hops = 4 + (h % 19);
  const kind = (h >>> 8) % 10;
  if (kind < 4) return { ttl: 64 - hops, wnd: 64240, options: 'linux' };
  if (kind < 8) return { ttl: 128 - hops, wnd: kind === 7 ? 8192 : 64240, options: 'windows' };
  return { ttl: 64 - hops, wnd: 65535, options: 'mac' };
}

/** A client's address, one of 2^20 in a hundred networks far apart. */
export function person(n: number): number {
  const h = Math.imul(n + 1, 0x9e37_79b1) >>> 0;
  return (((16 + (h % 100)) << 24) | (Math.imul(n + 7, 0x85eb_ca6b) & 0xff_ffff)) >>> 0;
}

const NOTHING_EARLY: EarlyData = { len: 0, cookie: 'none', accepted: true };
const COOKIE_BYTES = { shown: 8, requested: 0, none: -1 } as const;

const HOST: Stack = { ttl: 64, wnd: 65160, options: 'linux' };

/** Bytes of a request and of a response: what is in them is nobody's concern, and takes time to add up. */
const DATA = 20;
const PAYLOAD = new Uint8Array(DATA);

function fill(seg: Segment, sent: Sent): void {
  resetSegment(seg);
  const { src, sport, dst, dport, flags, seq, ack, len, stack } = sent;
  Object.assign(seg, { src, sport, dst, dport, flags, seq, ack, len, wnd: stack.wnd });
  seg.payload = len > DATA ? new Uint8Array(len) : PAYLOAD;
  seg.tfoLen = sent.cookie;
  if ((flags & SYN) === 0 || stack.options === 'none') return;
  seg.mss = 1460;
  if (stack.options === 'mss') return;
  seg.ws = stack.options === 'windows' ? 8 : 7;
  seg.sackPerm = true;
  if (stack.options !== 'windows') {
    seg.tsVal = sent.tsVal;
    seg.tsEcr = 0;
  }
}
