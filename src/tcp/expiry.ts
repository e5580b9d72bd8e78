/** What happens when a connection's timers run out (RFC 9293 §3.10.8, RFC 6298 §5). */
import { onReorderingTimeout, onTimeout } from './congestion.ts';
import { suspectBlackhole } from './fast-open-client.ts';
import {
  output,
  persistTime,
  sendAck,
  sendKeepAlive,
  sendProbe,
  sendRst,
  sendSyn,
  sendWhatFits,
  startUserTimeout,
} from './output.ts';
import * as rules from './rules.ts';
import { probe } from './tail-loss-probe.ts';
import { EV_RETRYING, finish, type Tcb } from './tcb.ts';
import { MS, type Nanos, type Tx } from './types.ts';

/** How long to wait for room in the queue below (Linux TCP_RESOURCE_PROBE_INTERVAL). */
const RESOURCE_PROBE: Nanos = 500 * MS;

/** Fires every timer that is due. Nothing due: nothing happens. */
export function expire(t: Tcb, now: Nanos, tx: Tx): void {
  if (t.timeWaitAt <= now) {
    if (t.why !== null) {
      if (t.state === 'TIME-WAIT') t.why.act(rules.TIME_WAIT_OVER, 0, 0, 0);
      else t.why.act(rules.FIN_WAIT_2_OVER, t.config.finWait2, 0, 0);
    }
    return finish(t, 'closed');
  }
  if (t.userTimeoutAt <= now) {
    if (t.why !== null) t.why.act(rules.USER_TIMEOUT, t.config.userTimeout, 0, 0);
    return timedOut(t);
  }
  const { flight } = t;
  if (flight !== null) {
    if (flight.reorderAt <= now) {
      onReorderingTimeout(t, flight, now, tx);
      output(t, now, tx);
    }
    if (flight.probeAt <= now) probe(t, flight, now, tx);
  }
  if (t.rtxAt <= now) retransmissionTimeout(t, now, tx);
  if (t.persistAt <= now) persistTimeout(t, now, tx);
  if (t.keepAliveAt <= now) keepAliveTimeout(t, now, tx);
  if (t.delackAt <= now) {
    if (t.why !== null) t.why.act(rules.DELAYED_ACK, t.rcvNxt, 0, 0);
    sendAck(t, now, tx);
  }
}

function retransmissionTimeout(t: Tcb, now: Nanos, tx: Tx): void {
  const { config } = t;
  const opening = t.state === 'SYN-SENT' || t.state === 'SYN-RECEIVED' || t.pendingOpen !== null;
  const linear = t.state === 'SYN-SENT' ? config.synLinearTimeouts : 0;
  const limit = retries(t, opening);
  const givesUp = linear > 0 ? synTimeIsUp(t, now) : t.retransmits >= limit;
  const request = t.fastOpenRequest;
  if (request !== null) suspectBlackhole(t, request, givesUp, now);
  if (givesUp) {
    if (t.why !== null) t.why.act(rules.GAVE_UP, t.retransmits, limit, 0);
    return timedOut(t);
  }
  if (!opening) onTimeout(t);
  t.retransmits++;
  if (t.retransmits === config.r1) {
    if (t.why !== null) t.why.act(rules.R1_REACHED, t.retransmits, config.r1, 0);
    if (config.reportSoftErrors) t.events |= EV_RETRYING;
  }
  // RFC 6298 §5.5: the wait doubles, and §3: whatever was being timed is ambiguous now.
  t.timedAt = -1;
  if (t.retransmits > linear) t.rtt.backoff++;
  const wait = t.rtt.timeout(config);
  t.rtxAt = now + wait;
  if (t.why !== null) t.why.act(rules.RTO_EXPIRED, t.pendingOpen === null ? t.sndUna : t.iss, wait, 0);
  if (opening) {
    t.synRetransmitted = true;
    t.totalRetransmits++;
    sendSyn(t, now, tx, true);
  } else output(t, now, tx);
}

/** With timeouts that do not double, the time that doubling ones would have taken decides (Linux retransmits_timed_out). */
function synTimeIsUp(t: Tcb, now: Nanos): boolean {
  const { synRetries, synLinearTimeouts, initialRto } = t.config;
  return (
    now - t.lastSentAt >= (2 ** (synRetries + 1) - 1) * initialRto || t.retransmits >= synRetries + synLinearTimeouts
  );
}

function retries(t: Tcb, opening: boolean): number {
  const { config } = t;
  if (!opening) return dataRetries(t);
  if (t.state === 'SYN-SENT') return config.synRetries;
  // Linux tcp_fastopen_synack_timer: one more for a child, since its application may already be at work.
  return t.pendingOpen === null ? config.synackRetries : config.synackRetries + 1;
}

function persistTimeout(t: Tcb, now: Nanos, tx: Tx): void {
  if (t.config.habits.userTimeoutFromProbe && t.userTimeoutAt === Infinity) startUserTimeout(t, now);
  if (t.sndWnd > 0 && tx.full === true) {
    if (t.why !== null) t.why.act(rules.QUEUE_FULL, RESOURCE_PROBE, 0, 0);
    t.probesUnanswered++;
    t.persistAt = now + RESOURCE_PROBE;
    return;
  }
  if (t.sndWnd > 0) {
    if (t.why !== null) t.why.act(rules.OVERRIDE, t.sndWnd, 0, 0);
    t.persistAt = Infinity;
    return sendWhatFits(t, now, tx);
  }
  if (t.probesUnanswered >= dataRetries(t)) {
    if (t.why !== null) t.why.act(rules.GAVE_UP, t.probesUnanswered, dataRetries(t), 0);
    return timedOut(t);
  }
  t.probesUnanswered++;
  // A peer that answers may stay closed for as long as it likes, but the wait grows no further (Linux tcp_send_probe0).
  if (t.persistBackoff < t.config.dataRetries) t.persistBackoff++;
  const wait = persistTime(t);
  if (t.why !== null) t.why.act(rules.PROBE, wait, 0, 0);
  t.timedAt = -1;
  t.persistAt = now + wait;
  sendProbe(t, now, tx);
}

function keepAliveTimeout(t: Tcb, now: Nanos, tx: Tx): void {
  const { config } = t;
  if (t.sndUna !== t.sndNxt) {
    // Data in flight already asks whether the peer lives (Linux tcp_keepalive_timer does the same).
    t.keepAliveAt = now + config.keepAliveIdle;
    return;
  }
  if (t.probesUnanswered >= config.keepAliveProbes) {
    if (t.why !== null) t.why.act(rules.GAVE_UP, t.probesUnanswered, config.keepAliveProbes, 0);
    if (config.habits.keepAliveResets) sendRst(t, now, tx);
    return timedOut(t);
  }
  t.probesUnanswered++;
  if (t.why !== null) t.why.act(rules.KEEP_ALIVE, t.probesUnanswered, config.keepAliveProbes, 0);
  t.keepAliveAt = now + config.keepAliveInterval;
  sendKeepAlive(t, now, tx);
}

/** R2 for data. Nobody waits for what an orphan still has to say (Linux tcp_orphan_retries). */
function dataRetries(t: Tcb): number {
  return t.reader === 'gone' ? Math.min(t.config.orphanRetries, t.config.dataRetries) : t.config.dataRetries;
}

/** An ICMP error that came meanwhile is the better explanation (Linux tcp_write_err). */
function timedOut(t: Tcb): void {
  finish(t, 'timeout', t.path?.softError ?? 'ETIMEDOUT');
}
