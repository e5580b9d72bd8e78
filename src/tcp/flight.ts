/**
 * What a sender remembers of what it has sent: made with the first segment after the SYN, since many connections are
 * opened and closed, or flooded, without sending anything.
 */
import { type Seq, seqGt, seqLe } from '../wire/seq.ts';
import type { Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';

export class Flight {
  /** Where the last new segment began, and where the last small one ended. */
  lastSegment: Seq;
  smallEnd: Seq;
  /** The most in flight since `end` was SND.NXT (Linux max_packets_out), and whether cwnd was what stopped us. */
  most = 0;
  end: Seq;
  cwndLimited = false;
  /**
   * Tail loss probe (RFC 8985 §7): when it goes; what was sent by then, whether its episode lasts, and whether it repeated
   * something.
   */
  probeAt: Nanos = Infinity;
  probeEnd: Seq = 0;
  probeOut = false;
  probeRepeated = false;
  /** RACK's reordering timer (RFC 8985 §6.2). */
  reorderAt: Nanos = Infinity;
  /** Segments with text, and their bytes, repetitions included. */
  segments = 0;
  bytes = 0;

  constructor(una: Seq) {
    this.lastSegment = una;
    this.smallEnd = una;
    this.end = una;
  }
}

/** Congestion has been found otherwise, and cwnd lowered for it: the probe tells nothing more (Linux tcp_init_cwnd_reduction). */
export function endProbe(t: Tcb): void {
  if (t.flight !== null) t.flight.probeOut = false;
}

/** The flight of `t`, which begins now if there was none. */
export function flightOf(t: Tcb): Flight {
  t.flight ??= new Flight(t.sndUna);
  return t.flight;
}

/** No probe and no reordering timer any more. */
export function stopProbing(t: Tcb): void {
  const { flight } = t;
  if (flight === null) return;
  flight.probeAt = Infinity;
  flight.reorderAt = Infinity;
}

/** Is a segment that was not full unacknowledged (Linux tcp_minshall_check)? */
export function smallInFlight({ flight, sndUna, sndNxt }: Tcb): boolean {
  return flight !== null && seqGt(flight.smallEnd, sndUna) && seqLe(flight.smallEnd, sndNxt);
}
