/** An ICMP error about a segment of ours arrives (RFC 9293 §3.9.2.2, RFC 1191, RFC 8201, RFC 5927). */
import { isIpv6 } from '../wire/address.ts';
import type { IcmpError } from '../wire/icmp.ts';
import { seqGe, seqLe } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import type { HalfOpen } from './half-open.ts';
import { concernsTcp, icmpErrno, isHard, linuxDropsHalfOpen } from './icmp-meaning.ts';
import { repeatAll } from './loss.ts';
import { lowerMss } from './options.ts';
import { output, sendSyn } from './output.ts';
import { Path } from './path.ts';
import * as rules from './rules-icmp.ts';
import { EV_SOFT_ERROR, finish, type Tcb } from './tcb.ts';
import type { Nanos, Tx } from './types.ts';
import type { WhySink } from './why.ts';

const HEADERS4 = 40;
const HEADERS6 = 60;
/** RFC 8200 §5: every IPv6 path carries so much. */
const LEAST_MTU6 = 1280;

/** False: the quoted segment is none that could be under way, so a stranger made it up (RFC 5927 §4.1). */
export function arrivesIcmp(t: Tcb, now: Nanos, icmp: Readonly<IcmpError>, tx: Tx): boolean {
  const { why, config } = t;
  if (!concernsTcp(icmp.kind)) {
    if (why !== null) why.check(rules.ICMP_QUENCH, true, 0, 0, 0);
    return true;
  }
  const { seq } = icmp.quoted;
  // SND.NXT itself is let through as in Linux tcp_v4_err: a keep-alive or pure ACK may have caused the error.
  // The SYN/ACK of a Fast Open lies below SND.UNA.
  const pending = t.pendingOpen;
  const first = pending === null ? t.sndUna : t.iss;
  const ours = seqGe(seq, first) && seqLe(seq, t.sndNxt);
  if (why !== null) why.check(rules.ICMP_SEQ, ours, first, seq, t.sndNxt);
  if (!ours) return false;
  if (icmp.kind === 'frag-needed') {
    pathMtu(t, now, icmp.mtu, tx);
    return true;
  }
  const v6 = isIpv6(t.remote);
  const error = icmpErrno(icmp.kind, v6);
  const hard = isHard(icmp.kind, v6);
  // A Fast Open that accept() has handed out is a connection like any that is up (Linux tcp_v4_err).
  const opening = t.state === 'SYN-SENT' || (t.state === 'SYN-RECEIVED' && pending?.accepted !== true);
  const ends = config.icmpAborts === 'opening' ? opening : hard;
  if (why !== null) why.check(config.icmpAborts === 'opening' ? rules.ICMP_OPENING : rules.ICMP_HARD, ends, 0, 0, 0);
  // TIME-WAIT waits for nothing that could fail; Linux hands its ICMP errors to nobody.
  if (t.state === 'TIME-WAIT') return true;
  if (ends) finish(t, error === 'ECONNREFUSED' ? 'refused' : 'unreachable', error);
  else {
    t.path ??= new Path();
    t.path.softError = error;
    if (config.reportSoftErrors) t.events |= EV_SOFT_ERROR;
    const broken = icmp.kind === 'net-unreachable' || (icmp.kind === 'host-unreachable' && !v6);
    if (broken && config.habits.icmpRevertsBackoff && !opening && seq === t.sndUna) revertBackoff(t, now);
  }
  return true;
}

/** The path is broken, not congested, which is no reason to wait longer each time (RFC 6069 §4). */
function revertBackoff(t: Tcb, now: Nanos): void {
  const { rtt, config } = t;
  if (t.retransmits === 0 || rtt.backoff === 0 || t.rtxAt === Infinity) return;
  const sentAt = t.rtxAt - rtt.timeout(config);
  rtt.backoff--;
  t.rtxAt = Math.max(now, sentAt + rtt.timeout(config));
  if (t.why !== null) t.why.act(rules.BACKOFF_REVERTED, rtt.timeout(config), 0, 0);
}

/** The same for a half-open entry: does it end? Its SYN/ACK is the only segment it has sent. */
export function icmpEndsHalfOpen(
  icmp: Readonly<IcmpError>,
  half: Readonly<HalfOpen>,
  config: TcpConfig,
  why: WhySink | null,
): boolean {
  const v6 = isIpv6(half.remote);
  if (config.icmpAborts === 'opening') {
    const ends = linuxDropsHalfOpen(icmp.kind, v6);
    if (why !== null) why.check(rules.ICMP_HALF_LINUX, ends, 0, 0, 0);
    return ends;
  }
  const ends = isHard(icmp.kind, v6);
  if (why !== null) why.check(rules.ICMP_HARD, ends, 0, 0, 0);
  return ends;
}

/** The path carries no more than `mtu` in one piece: smaller segments from now on, and what was too big again, at once. */
function pathMtu(t: Tcb, now: Nanos, mtu: number, tx: Tx): void {
  const { why, config } = t;
  const v6 = isIpv6(t.remote);
  if (v6 && t.state === 'SYN-SENT' && !t.dataOnSyn && config.habits.earlyTooBigIgnored) {
    if (why !== null) why.act(rules.PATH_MTU_EARLY, mtu, 0, 0);
    return;
  }
  // An MTU of 0 comes from a router older than RFC 1191: then, too, the least.
  const least = v6 ? LEAST_MTU6 : config.minPathMtu;
  const pathMss = Math.max(mtu, least) - (v6 ? HEADERS6 : HEADERS4);
  t.path ??= new Path();
  const lower = pathMss < t.path.mss && lowerMss(t, t.path, pathMss);
  if (why !== null) why.check(rules.PATH_MTU, lower, mtu, least, t.sndMss);
  if (!lower || t.state === 'TIME-WAIT') return;
  t.path.softError = 'EMSGSIZE'; // in case even the smaller ones do not get through
  if (t.state === 'SYN-SENT' || t.state === 'SYN-RECEIVED') {
    // A bare SYN fits through any path. With data it did not, and goes again without (Linux tcp_simple_retransmit).
    if (!t.dataOnSyn) return;
    t.dataOnSyn = false;
    t.synRetransmitted = true;
    t.timedAt = -1;
    sendSyn(t, now, tx, true);
    return;
  }
  if (t.sndUna === t.sndNxt || t.sndWnd === 0) return;
  // No sign of congestion, so no slow start: as many segments as before may fly (RFC 1191 §6.4, Linux).
  const loss = repeatAll(t);
  loss.recover = t.sndNxt;
  loss.inRecovery = false;
  t.rtxAt = Infinity;
  output(t, now, tx);
}
