/** What a receiver remembers of what it got, to decide when to acknowledge and how: made with the first text. */
import type { Seq } from '../wire/seq.ts';
import type { Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';

/** Linux TCP_MSS_DEFAULT: what the peer's segments are taken to hold before one was seen. */
const FIRST_MSS = 536;

export class Intake {
  /** Largest text of a segment so far (Linux rcv_mss). */
  mss: number = FIRST_MSS;
  /** Linux quick ACKs and ping-pong mode, see ack-policy.ts. */
  quickAcksLeft = 0;
  pingPong = false;
  /** Text came with PSH since the last ACK. */
  pushed = false;
  /** How long an ACK may wait (Linux ato); 0 before the first text. */
  ato: Nanos = 0;
  lastAt: Nanos = -1;
  /** A duplicate to be reported with the next ACK (RFC 2883); none when both are equal. */
  duplicateLeft: Seq = 0;
  duplicateRight: Seq = 0;
  segments = 0;
}

/** The intake of `t`, which begins now if there was none. */
export function intakeOf(t: Tcb): Intake {
  t.intake ??= new Intake();
  return t.intake;
}

export function receivedMss(t: Tcb): number {
  return t.intake === null ? FIRST_MSS : t.intake.mss;
}
