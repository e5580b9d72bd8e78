/**
 * What a hostile or unlucky peer may send: segments and ICMP errors whose numbers lie near those the engine holds to be
 * interesting. Text tells its place in the stream, so that what is delivered can be checked.
 */
import type { Connection } from '../../src/tcp/connection.ts';
import { MS, type Nanos } from '../../src/tcp/types.ts';
import { IcmpError, type IcmpKind } from '../../src/wire/icmp.ts';
import { ACK, CWR, ECE, FIN, PSH, RST, Segment, SYN, URG } from '../../src/wire/segment.ts';
import type { Dice } from './dice.ts';

export const LOCAL = 0xc6336407;
export const REMOTE = 0xcb007150;
export const LOCAL_PORT = 5000;
export const REMOTE_PORT = 80;

/** The byte at place `p` of any stream is `p & 255`: this is 64 kB from place 0 on. */
export const STREAM: Uint8Array = Uint8Array.from({ length: 65536 + 256 }, (_, i) => i & 0xff);
export const LONGEST = 3000;

const FLAGS = [
  ACK,
  ACK,
  ACK,
  ACK,
  ACK | PSH,
  ACK | URG,
  ACK | FIN,
  FIN,
  SYN,
  SYN | ACK,
  RST,
  RST | ACK,
  SYN | FIN,
  SYN | RST,
  ACK | ECE | CWR,
  0,
  0x3f,
  0x1ff,
];
const LENGTHS = [0, 0, 0, 1, 1, 10, 500, 1460, LONGEST];
const NEAR = [0, 0, 0, 0, 1, -1, 2, 500, -500, 4000, 0x7fffffff, 0x80000000];

/** A segment of the peer. `c`: the connection it is for, null: nothing yet. `cookies`: Fast Open cookies seen so far. */
export function segmentNear(dice: Dice, c: Connection | null, now: Nanos, cookies: readonly Uint8Array[]): Segment {
  const t = c?.tcb;
  const seg = new Segment();
  seg.src = REMOTE;
  seg.sport = t?.remotePort ?? REMOTE_PORT;
  seg.dst = LOCAL;
  seg.dport = t?.localPort ?? LOCAL_PORT;
  const seqs =
    t === undefined ? [1000] : [t.rcvNxt, t.rcvNxt, t.rcvAdv, t.irs, t.finAhead, (t.rcvNxt + dice.below(4000)) >>> 0];
  const acks =
    t === undefined ? [0] : [t.sndNxt, t.sndNxt, t.sndUna, t.iss, t.loss?.next ?? t.sndUna, t.loss?.recover ?? t.iss];
  seg.flags = dice.of(FLAGS);
  seg.seq = (dice.of(seqs) + dice.of(NEAR)) >>> 0;
  seg.ack = (dice.of(acks) + dice.of(NEAR)) >>> 0;
  seg.wnd = dice.of([0, 1, 100, 4000, 65535]);
  seg.urg = dice.of([0, 1, 100, 65535]);
  seg.len = dice.of(LENGTHS);
  seg.payload = STREAM;
  seg.payloadOff = (seg.seq + ((seg.flags & SYN) === 0 ? 0 : 1)) & 0xff;
  if ((seg.flags & SYN) !== 0) synOptions(dice, seg, cookies);
  if (!dice.oneIn(3)) {
    seg.tsVal = ((t?.tsRecent ?? 0) + dice.of([0, 0, 1, 1, -1, 0x7fffffff])) >>> 0;
    seg.tsEcr = (Math.floor(now / MS) + (t?.tsOffset ?? 0) + dice.of([0, -1, 5, 0x80000000])) >>> 0;
  }
  if (t !== undefined && dice.oneIn(3)) {
    seg.sackCount = 1 + dice.below(4);
    for (let i = 0; i < 2 * seg.sackCount; i++) seg.sack[i] = (t.sndUna + dice.below(5000) - 100) >>> 0;
  }
  return seg;
}

function synOptions(dice: Dice, seg: Segment, cookies: readonly Uint8Array[]): void {
  seg.mss = dice.of([-1, 0, 1, 536, 65535]);
  seg.ws = dice.of([-1, 0, 14, 255]);
  seg.sackPerm = dice.oneIn(2);
  const cookie = dice.of([undefined, undefined, new Uint8Array(0), STREAM.subarray(0, 8), ...cookies]);
  if (cookie === undefined) return;
  seg.tfoLen = cookie.length;
  seg.tfo.set(cookie);
  seg.tfoKind = dice.of([34, 34, 34, 253, 254, 255]);
}

const KINDS: readonly IcmpKind[] = [
  'net-unreachable',
  'host-unreachable',
  'protocol-unreachable',
  'port-unreachable',
  'frag-needed',
  'frag-needed',
  'source-quench',
  'time-exceeded',
  'parameter-problem',
  'other',
];

/** An ICMP error about something `c` may have sent. Hard errors are rare: they end the case. */
export function icmpNear(dice: Dice, c: Connection): IcmpError {
  const t = c.tcb;
  const icmp = new IcmpError();
  icmp.kind = dice.of(KINDS);
  if (icmp.kind.endsWith('t-unreachable') && !dice.oneIn(8)) icmp.kind = 'host-unreachable';
  icmp.mtu = icmp.kind === 'frag-needed' ? dice.of([0, 1, 68, 300, 552, 1000, 1500, 65535]) : 0;
  const { quoted } = icmp;
  quoted.src = t.local;
  quoted.sport = t.localPort;
  quoted.dst = t.remote;
  quoted.dport = t.remotePort;
  quoted.seq = (dice.of([t.sndUna, t.sndUna, t.sndNxt, t.iss]) + dice.of([0, 0, 0, 1, -1, 500, 0x80000000])) >>> 0;
  return icmp;
}
