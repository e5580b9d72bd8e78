/** The control block of a passive OPEN: after the handshake, or with a Fast Open before it (RFC 9293 §3.10.7.2, RFC 7413). */
import { FIN, type Segment, URG } from '../wire/segment.ts';
import type { TcpConfig } from './config.ts';
import { Ecn } from './ecn.ts';
import { afterLostSyn } from './established.ts';
import type { FastOpenChild } from './fast-open-server.ts';
import type { HalfOpen } from './half-open.ts';
import { setOptions } from './options.ts';
import { output, sendSyn } from './output.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import { firstWindow, unscaledWindow, windowUnit } from './receive-window.ts';
import { FO_TAKEN } from './rules-fast-open.ts';
import { SYNACK_TIMER } from './rules-listen.ts';
import { EV_ESTABLISHED, EV_READABLE, sampleEcho, Tcb } from './tcb.ts';
import { processText } from './text.ts';
import type { Nanos, Tx } from './types.ts';
import { takeUrgent } from './urgent.ts';
import type { WhySink } from './why.ts';

/** ESTABLISHED: `ack` completed the handshake, and its data and FIN are taken as well. */
export function openedByAck(
  config: TcpConfig,
  half: Readonly<HalfOpen>,
  ack: Readonly<Segment>,
  now: Nanos,
  tx: Tx,
  why: WhySink | null,
): Tcb {
  const t = agreedOn(config, half, now);
  if (t.tsOk && ack.tsVal >= 0) t.tsRecent = ack.tsVal;
  t.state = 'ESTABLISHED';
  t.events = EV_ESTABLISHED;
  t.sndWnd = ack.wnd << t.sndScale;
  t.maxSndWnd = t.sndWnd;
  t.sndWl1 = ack.seq;
  t.sndWl2 = ack.ack;
  // Karn: only a SYN/ACK that was sent once can be timed. For others the echo tells which one was answered (RFC 7323 §4).
  if (half.synackAt >= 0 && half.timeouts === 0) t.rtt.sample(now - half.synackAt, config);
  else if (t.tsOk && ack.tsEcr > 0) sampleEcho(t, ack.tsEcr, now);
  t.why = why;
  if (half.timeouts > 0) afterLostSyn(t, half.timeouts);
  if (config.keepAliveIdle > 0) t.keepAliveAt = now + config.keepAliveIdle;
  if ((ack.flags & URG) !== 0) takeUrgent(t, ack);
  if (ack.len > 0 || (ack.flags & FIN) !== 0) {
    processText(t, ack, ack.seq, now);
    output(t, now, tx);
  }
  return t;
}

/** SYN-RECEIVED: `syn` brought a good cookie. Takes its data and sends the SYN/ACK. What follows: fast-open-child.ts. */
export function openedBySyn(
  config: TcpConfig,
  half: Readonly<HalfOpen>,
  syn: Readonly<Segment>,
  child: FastOpenChild,
  now: Nanos,
  tx: Tx,
  why: WhySink | null,
): Tcb {
  const t = agreedOn(config, half, now);
  t.why = why;
  t.state = 'SYN-RECEIVED';
  t.fastOpen = child;
  // RFC 7323 §2.2: the window of a SYN is never scaled.
  t.sndWnd = half.wnd;
  t.maxSndWnd = half.wnd;
  t.sndWl1 = half.irs;
  t.sndWl2 = t.sndUna;
  child.synDataAcked = takeSynData(t, syn);
  // Linux (tcp_fastopen_create_child) offers the whole window anew behind what rode on the SYN.
  if (config.habits.wholeSegmentWindow) t.rcvAdv = (t.rcvNxt + unscaledWindow(t)) >>> 0;
  if (why !== null) {
    why.act(FO_TAKEN, (t.rcvNxt - half.irs - 1) >>> 0, t.rcvNxt, child.count);
    why.act(SYNACK_TIMER, t.rtt.rto, 0, 0);
    why.state('LISTEN', 'SYN-RECEIVED');
  }
  sendSyn(t, now, tx, false);
  t.rtxAt = now + t.rtt.rto;
  return t;
}

/** What is the same for both. SND.UNA stands behind our SYN, which is acknowledged or kept apart (fast-open-child.ts). */
function agreedOn(config: TcpConfig, half: Readonly<HalfOpen>, now: Nanos): Tcb {
  const t = new Tcb(config, half.local, half.localPort, half.remote, half.remotePort, half.iss);
  t.irs = half.irs;
  t.rcvNxt = (half.irs + 1) >>> 0;
  t.lastAckSent = t.rcvNxt;
  t.metAt = now;
  t.tsOffset = half.tsOffset;
  setOptions(t, half.mss, half.ws, half.sackPerm, half.tsRecent, now);
  if (half.ecn) t.ecn = new Ecn();
  t.windowUnit = windowUnit(config, half.local, t.tsOk);
  t.rcvAdv = (t.rcvNxt + firstWindow(config, t.windowUnit)) >>> 0;
  t.sndUna = (half.iss + 1) >>> 0;
  t.sndNxt = t.sndUna;
  t.synAcked = true;
  return t;
}

/** A FIN on the SYN is left unacknowledged, as on any SYN: the client sends it again once it is in step. */
function takeSynData(t: Tcb, syn: Readonly<Segment>): boolean {
  const n = Math.min(syn.len, (t.rcvAdv - t.rcvNxt) >>> 0);
  if (n === 0) return false;
  t.receiveBuffer = new ReceiveBuffer();
  t.receiveBuffer.insert(t.rcvNxt, t.rcvNxt, syn.payload, syn.payloadOff, n);
  t.rcvNxt = (t.rcvNxt + n) >>> 0;
  t.events |= EV_READABLE;
  return true;
}
