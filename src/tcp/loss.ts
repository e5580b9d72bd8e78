/**
 * What a sender remembers of a loss while it mends it (RFC 6582, RFC 6675). Most connections never lose anything, so
 * this is an object of its own, made at the first loss and dropped when all that was sent by then is acknowledged.
 * Dropping it matters: a `recover` kept for 2^31 bytes would compare as lying ahead.
 */
import { type Seq, seqGe, seqLt } from '../wire/seq.ts';
import type { Tcb } from './tcb.ts';

export class Loss {
  /** Fast recovery is on (RFC 5681 §3.2). */
  inRecovery = false;
  /** Highest sequence number sent when the loss was detected. */
  recover: Seq;
  /** Next to send again, and where sending again ends; equal when nothing is being gone over. */
  next: Seq;
  end: Seq;
  /** Right edge of what this recovery has repeated (HighRxt, RFC 6675 §2). */
  highRxt: Seq;

  constructor(una: Seq) {
    this.recover = una;
    this.next = una;
    this.end = una;
    this.highRxt = una;
  }
}

/** Everything outstanding is to be sent again, from the first unacknowledged byte on. */
export function repeatAll(t: Tcb): Loss {
  t.loss ??= new Loss(t.sndUna);
  t.loss.next = t.sndUna;
  t.loss.end = t.sndNxt;
  return t.loss;
}

/** Is something being sent again that a timeout or a closed window took? */
export function repeating(t: Tcb): boolean {
  return t.loss !== null && t.loss.next !== t.loss.end;
}

/** SND.UNA has moved: what it passed needs no repetition, and a loss that it passed altogether is over. */
export function settleLoss(t: Tcb): void {
  const { loss } = t;
  if (loss === null) return;
  if (seqLt(loss.next, t.sndUna)) loss.next = t.sndUna;
  if (seqGe(loss.next, loss.end)) loss.next = loss.end;
  if (!loss.inRecovery && loss.next === loss.end && seqGe(t.sndUna, loss.recover)) t.loss = null;
}
