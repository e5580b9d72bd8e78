/** A spliced connection as a row of columns, and what a proxy says from it in the client's and in the server's name. */
import { isIpv6 } from '../../wire/address.ts';
import { ACK, type Segment, SYN } from '../../wire/segment.ts';
import { type Seq, seqAdd } from '../../wire/seq.ts';
import type { EntryTable } from './entry-table.ts';
import { asClient, asServer } from './speak.ts';
import type { BoxPort } from './types.ts';

/** What the proxy says of the server it has not asked: must be what the server would say. */
export interface Announced {
  /** Over IPv4; over IPv6 it is 20 less. */
  readonly mss: number;
  /** Window scale shift, -1 = none. */
  readonly wscale: number;
  readonly sack: boolean;
  readonly timestamps: boolean;
}

/** What a client's handshake told. */
export interface Client {
  isn: Seq;
  /** The ISN that the proxy has answered with. */
  proxyIsn: Seq;
  mss: number;
  ws: number;
  sackPerm: boolean;
  /** The client's clock, and the proxy's as told to it; -1 without timestamps. */
  tsVal: number;
  proxyTs: number;
  /** The window for the SYN to the server, not scaled. */
  wnd: number;
}

export function newClient(): Client {
  return { isn: 0, proxyIsn: 0, mss: 0, ws: -1, sackPerm: false, tsVal: -1, proxyTs: -1, wnd: 0 };
}

export function keepClient({ ints }: EntryTable, row: number, client: Readonly<Client>): void {
  const at = row * COLUMNS;
  ints[at + CLIENT_ISN] = client.isn;
  ints[at + PROXY_ISN] = client.proxyIsn;
  ints[at + MSS_WND] = (client.mss << 16) | client.wnd;
  ints[at + OPTIONS] =
    (client.ws < 0 ? NO_SCALE : client.ws) | (client.sackPerm ? SACK : 0) | (client.tsVal < 0 ? 0 : TIMESTAMPS);
  ints[at + TS_CLIENT] = client.tsVal;
  ints[at + TS_PROXY] = client.proxyTs;
}

export function readClient({ ints }: EntryTable, row: number, into: Client): void {
  const at = row * COLUMNS;
  const options = ints[at + OPTIONS]!;
  const stamped = (options & TIMESTAMPS) !== 0;
  into.isn = ints[at + CLIENT_ISN]! >>> 0;
  into.proxyIsn = ints[at + PROXY_ISN]! >>> 0;
  into.mss = ints[at + MSS_WND]! >>> 16;
  into.wnd = ints[at + MSS_WND]! & 0xffff;
  into.ws = (options & NO_SCALE) === NO_SCALE ? -1 : options & NO_SCALE;
  into.sackPerm = (options & SACK) !== 0;
  into.tsVal = stamped ? ints[at + TS_CLIENT]! >>> 0 : -1;
  into.proxyTs = stamped ? ints[at + TS_PROXY]! >>> 0 : -1;
}

/** `s`, addressed to the client, as the SYN/ACK of a proxy. The window is 0: nothing may come before the server is there. */
export function offerFrom(s: Segment, client: Readonly<Client>, announced: Announced, out: BoxPort): void {
  s.seq = client.proxyIsn;
  s.ack = seqAdd(client.isn, 1);
  s.flags = SYN | ACK;
  s.wnd = 0;
  // The same MTU holds an IPv6 header of 20 bytes more (RFC 9293 §3.7.1).
  s.mss = isIpv6(s.dst) ? announced.mss - 20 : announced.mss;
  s.ws = client.ws >= 0 ? announced.wscale : -1;
  s.sackPerm = client.sackPerm;
  if (client.tsVal >= 0) {
    s.tsVal = client.proxyTs;
    s.tsEcr = client.tsVal;
  }
  out.toNet(s);
}

/** The client's SYN, rebuilt, to the server. */
export function askServer(table: EntryTable, row: number, out: BoxPort): void {
  const { ints } = table;
  const at = row * COLUMNS;
  const options = ints[at + OPTIONS]!;
  const s = asClient(table, row, out);
  s.seq = ints[at + CLIENT_ISN]! >>> 0;
  s.flags = SYN;
  s.wnd = ints[at + MSS_WND]! & 0xffff;
  s.mss = ints[at + MSS_WND]! >>> 16;
  s.ws = (options & NO_SCALE) === NO_SCALE ? -1 : options & NO_SCALE;
  s.sackPerm = (options & SACK) !== 0;
  if ((options & TIMESTAMPS) !== 0) {
    s.tsVal = ints[at + TS_CLIENT]! >>> 0;
    s.tsEcr = 0;
  }
  out.toServer(s);
}

/** Completes the server's handshake. */
export function acknowledge(table: EntryTable, row: number, synAck: Readonly<Segment>, out: BoxPort): void {
  const { ints } = table;
  const at = row * COLUMNS;
  const ws = ints[at + OPTIONS]! & NO_SCALE;
  const ack = asClient(table, row, out);
  ack.seq = seqAdd(ints[at + CLIENT_ISN]!, 1);
  ack.ack = seqAdd(synAck.seq, 1);
  ack.flags = ACK;
  ack.wnd = (ints[at + MSS_WND]! & 0xffff) >>> (ws === NO_SCALE || synAck.ws < 0 ? 0 : ws);
  if (synAck.tsVal >= 0) {
    ack.tsVal = ints[at + TS_CLIENT]! >>> 0;
    ack.tsEcr = synAck.tsVal;
  }
  out.toServer(ack);
}

/**
 * Tells the client the server's window, which was 0 until now. A SYN/ACK's is not scaled, this one is, by what the proxy
 * announced; that is right only if it announced the server's own shift (Linux synproxy_send_client_ack).
 */
export function tellWindow(table: EntryTable, row: number, synAck: Readonly<Segment>, out: BoxPort): void {
  const { ints } = table;
  const at = row * COLUMNS;
  const update = asServer(table, row, out);
  update.seq = seqAdd(ints[at + PROXY_ISN]!, 1);
  update.ack = seqAdd(ints[at + CLIENT_ISN]!, 1);
  update.flags = ACK;
  update.wnd = synAck.wnd >>> Math.max(0, synAck.ws);
  if ((ints[at + OPTIONS]! & TIMESTAMPS) !== 0 && synAck.tsVal >= 0) {
    update.tsVal = ints[at + TS_PROXY]! >>> 0;
    update.tsEcr = synAck.tsEcr;
  }
  out.toNet(update);
}

export const CLIENT_ISN = 0;
export const PROXY_ISN = 1;
/** Proxy's ISN - server's ISN, and the clocks likewise. */
export const DELTA = 2;
export const CLOCK_DELTA = 3;
const MSS_WND = 4;
export const OPTIONS = 5;
export const TS_CLIENT = 6;
export const TS_PROXY = 7;
export const COLUMNS = 8;
/** Bits of OPTIONS: the client's window scale, 15 = none, and above it. */
const NO_SCALE = 15;
const SACK = 0x10;
export const TIMESTAMPS = 0x20;
export const CLIENT_FIN = 0x40;
export const SERVER_FIN = 0x80;
export const BOTH_FINS: number = CLIENT_FIN | SERVER_FIN;
