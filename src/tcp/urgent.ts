/**
 * The urgent mechanism (RFC 9293 §3.8.5, RFC 6093): how far urgent data reaches, in each direction. The data itself stays
 * in the stream (RFC 6093 §6 wants it read in line). Few connections use it, so this is an object of its own.
 */
import { type Segment, URG } from '../wire/segment.ts';
import { type Seq, seqDiff, seqGt, seqLe, seqLt } from '../wire/seq.ts';
import { URGENT_AHEAD, URGENT_OLD } from './rules.ts';
import { EV_URGENT, sendEnd, type Tcb } from './tcb.ts';

export class Urgent {
  /** SND.UP: the number after the last urgent byte (MUST-62). Means something while `sending`. */
  sndUp: Seq = 0;
  sending = false;
  /** RCV.UP; means something while `receiving`: some of what lies before it is still unread. */
  rcvUp: Seq = 0;
  receiving = false;
  /** The peer's FIN is counted in RCV.NXT. It comes after all urgent data, hence not before this object. */
  finTaken = false;
}

/** What has been handed over so far is urgent up to its last byte. */
export function markUrgent(t: Tcb): void {
  t.urgent ??= new Urgent();
  t.urgent.sndUp = sendEnd(t);
  t.urgent.sending = true;
}

/** Does urgent data wait to be sent or acknowledged? */
export function sendsUrgent(t: Tcb): boolean {
  const { urgent } = t;
  if (urgent === null || !urgent.sending) return false;
  if (seqLe(urgent.sndUp, t.sndUna)) urgent.sending = false;
  return urgent.sending;
}

/**
 * Sets URG and the pointer of a segment that begins before the end of the urgent data. Beyond 16 bits it points as far as
 * it can; the segments that follow move it on (MUST-31: any length).
 */
export function setUrgent(t: Tcb, seg: Segment): void {
  if (!sendsUrgent(t) || !seqLt(seg.seq, t.urgent!.sndUp)) return;
  seg.flags |= URG;
  seg.urg = Math.min(0xffff, seqDiff(t.urgent!.sndUp, seg.seq));
}

/** Sixth check of RFC 9293 §3.10.7.4: RCV.UP = max(RCV.UP, SEG.UP), and each advance is told (MUST-32). */
export function takeUrgent(t: Tcb, seg: Readonly<Segment>): void {
  if (t.state !== 'ESTABLISHED' && t.state !== 'FIN-WAIT-1' && t.state !== 'FIN-WAIT-2') return;
  const up = (seg.seq + seg.urg) >>> 0;
  const least = t.urgent?.receiving ? t.urgent.rcvUp : nextToRead(t);
  const news = seqGt(up, least);
  if (t.why !== null) t.why.check(news ? URGENT_AHEAD : URGENT_OLD, true, up, least, 0);
  if (!news) return;
  t.urgent ??= new Urgent();
  t.urgent.rcvUp = up;
  t.urgent.receiving = true;
  t.events |= EV_URGENT;
}

/** Bytes from the next one to read up to the end of the urgent data; 0 = normal mode (MUST-33). */
export function urgentLeft(t: Tcb): number {
  const { urgent } = t;
  if (urgent === null || !urgent.receiving) return 0;
  const left = seqDiff(urgent.rcvUp, nextToRead(t));
  // A number kept for 2^31 bytes would compare as lying ahead again.
  if (left <= 0) urgent.receiving = false;
  return Math.max(0, left);
}

function nextToRead(t: Tcb): Seq {
  const fin = t.urgent?.finTaken ? 1 : 0;
  return (t.rcvNxt - fin - (t.receiveBuffer?.readable ?? 0)) >>> 0;
}
