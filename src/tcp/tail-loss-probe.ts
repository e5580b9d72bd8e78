/**
 * Tail loss probe (RFC 8985 §7; Linux tcp_schedule_loss_probe, tcp_send_loss_probe): when the last segments of a flight
 * are lost there is no duplicate ACK to tell, so one segment more is sent after two round trips, before the RTO does it.
 */
import type { Segment } from '../wire/segment.ts';
import { seqDiff, seqGt, seqLt } from '../wire/seq.ts';
import type { Flight } from './flight.ts';
import { repeatLast, sendNewSegment } from './output.ts';
import { PROBE_DUE, PROBE_LOSS } from './rules.ts';
import type { Tcb } from './tcb.ts';
import { MS, type Nanos, SEC, type Tx } from './types.ts';

/** Linux TCP_TIMEOUT_MIN_US: not TCP_TIMEOUT_MIN, which counts ticks, 8 ms on the kernel measured. */
const LEAST: Nanos = 2 * MS;
/** Without a measurement (RFC 8985 §7.2). */
const FIRST: Nanos = 1 * SEC;

/** Arms the probe afresh after new data left or an ACK advanced. Only in the open state, once per flight. */
export function scheduleProbe(t: Tcb, now: Nanos): void {
  const { flight } = t;
  if (!t.config.tailLossProbe || flight === null) return;
  if (!t.sackOk || flight.probeOut || t.loss !== null || t.dupAcks > 0 || t.scoreboard?.empty === false) {
    flight.probeAt = Infinity;
    return;
  }
  const { srtt, rto } = t.rtt;
  // A lone segment may be answered by a delayed ACK only: the least RTO covers that.
  const lone = seqDiff(t.sndNxt, t.sndUna) <= t.sndMss;
  const wait = srtt < 0 ? FIRST : 2 * srtt + (lone ? t.config.minRto : LEAST);
  flight.probeAt = now + Math.min(wait, rto);
}

/** The probe is due: a new segment if the window has room for one, else the last one again. */
export function probe(t: Tcb, flight: Flight, now: Nanos, tx: Tx): void {
  flight.probeAt = Infinity;
  if (t.sndUna === t.sndNxt) return;
  if (t.why !== null) t.why.act(PROBE_DUE, t.sndUna, t.sndNxt, 0);
  flight.probeRepeated = !sendNewSegment(t, now, tx);
  if (flight.probeRepeated) repeatLast(t, flight, now, tx);
  flight.probeOut = true;
  flight.probeEnd = t.sndNxt;
  t.rtxAt = now + t.rtt.rto;
}

/**
 * What an ACK at or above `t.sndUna` says of the probe (RFC 8985 §7.4.2; Linux tcp_process_tlp_ack). Where the probe repeated
 * something, one of the two was lost unless the peer acknowledges both. `pure`: it brought nothing at all but its number.
 */
export function probeAnswered(t: Tcb, seg: Readonly<Segment>, pure: boolean): void {
  const { flight } = t;
  if (flight === null || !flight.probeOut || seqLt(seg.ack, flight.probeEnd)) return;
  const twice = seg.sackCount > 0 && seg.sack[1]! === flight.probeEnd && seqLt(seg.sack[0]!, seg.ack);
  const lost = flight.probeRepeated && !twice && seqGt(seg.ack, flight.probeEnd);
  if (flight.probeRepeated && !twice && !lost && !pure) return; // the original or the probe: what comes next tells
  flight.probeOut = false;
  if (!lost) return;
  t.ssthresh = Math.max(Math.floor(t.cwnd / 2), 2 * t.sndMss);
  t.cwnd = t.ssthresh;
  if (t.why !== null) t.why.act(PROBE_LOSS, t.ssthresh, 0, 0);
}
