/** The segments a listener sends: SYN/ACK, ACK and RST for connections that have no TCB yet. */

import { ACK, ECE, RST, type Segment, SYN, segLen } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import type { FastOpenReply } from './fast-open-server.ts';
import type { HalfOpen } from './half-open.ts';
import { ownMss } from './options.ts';
import { firstWindow, windowUnit } from './receive-window.ts';
import type { Nanos, Tx } from './types.ts';

/** The window we offer before scaling applies, and the one we judge segments by in SYN-RECEIVED. */
export function synWindow(half: Readonly<HalfOpen>, config: TcpConfig): number {
  return firstWindow(config, windowUnit(config, half.local, half.tsRecent >= 0));
}

/** RFC 6298 §5.5: doubled with each timeout, up to the bound. */
export function synAckTimeout(config: TcpConfig, timeouts: number): Nanos {
  return Math.min(config.initialRto * 2 ** timeouts, config.maxRto);
}

/** TSval of a SYN/ACK or ACK of `half` that leaves at `at`; 0 when timestamps were not agreed. */
export function synAckTsVal(clock: { tsNow(at: Nanos): number }, at: Nanos, half: Readonly<HalfOpen>): number {
  return half.tsRecent < 0 ? 0 : (clock.tsNow(at) + half.tsOffset) >>> 0;
}

/**
 * <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> with the options agreed on. `tsVal` counts when timestamps were agreed; `reply`
 * brings a Fast Open cookie.
 */
export function sendSynAck(
  half: Readonly<HalfOpen>,
  config: TcpConfig,
  tsVal: number,
  tx: Tx,
  reply: FastOpenReply | null = null,
): void {
  const s = address(half, tx.alloc());
  s.seq = half.iss;
  s.ack = seqAdd(half.irs, 1);
  s.flags = half.ecn ? SYN | ACK | ECE : SYN | ACK;
  // RFC 7323 §2.2: the window field of a SYN/ACK is never scaled.
  s.wnd = synWindow(half, config);
  s.mss = ownMss(config, half.remote);
  s.ws = half.ws < 0 ? -1 : config.windowScale;
  s.sackPerm = half.sackPerm;
  if (half.tsRecent >= 0) {
    s.tsVal = tsVal;
    s.tsEcr = half.tsRecent;
  }
  if (reply !== null) reply.writeCookie(s);
  tx.send(s);
}

/** <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>. */
export function sendAck(half: Readonly<HalfOpen>, config: TcpConfig, tsVal: number, tx: Tx): void {
  const s = address(half, tx.alloc());
  s.seq = seqAdd(half.iss, 1);
  s.ack = seqAdd(half.irs, 1);
  s.flags = ACK;
  s.wnd = half.ws < 0 ? synWindow(half, config) : synWindow(half, config) >>> config.windowScale;
  if (half.tsRecent >= 0) {
    s.tsVal = tsVal;
    s.tsEcr = half.tsRecent;
  }
  tx.send(s);
}

/** <SEQ=SEG.ACK><CTL=RST>, in answer to a segment that has an ACK (RFC 9293 §3.5.2 group 1). */
export function sendReset(seg: Readonly<Segment>, tx: Tx): void {
  const s = reply(seg, tx.alloc());
  s.seq = seg.ack;
  s.flags = RST;
  tx.send(s);
}

/** <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, in answer to a segment without one. */
export function sendResetAck(seg: Readonly<Segment>, tx: Tx): void {
  const s = reply(seg, tx.alloc());
  s.ack = seqAdd(seg.seq, segLen(seg));
  s.flags = RST | ACK;
  tx.send(s);
}

function address(half: Readonly<HalfOpen>, s: Segment): Segment {
  s.src = half.local;
  s.sport = half.localPort;
  s.dst = half.remote;
  s.dport = half.remotePort;
  return s;
}

function reply(seg: Readonly<Segment>, s: Segment): Segment {
  s.src = seg.dst;
  s.sport = seg.dport;
  s.dst = seg.src;
  s.dport = seg.sport;
  return s;
}
