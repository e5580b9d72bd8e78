/** The last two waits of a connection: TIME-WAIT (RFC 9293 §3.6.1 MUST-13), and FIN-WAIT-2 without an application. */
import { enter, type Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';

/** An orphan does not wait for ever for a peer that never closes (Linux tcp_fin_timeout). */
export function limitFinWait2(t: Tcb, now: Nanos): void {
  if (t.reader === 'gone') {
    t.timeWaitAt = now + t.config.finWait2;
  }
}

/** Enters TIME-WAIT: nothing is left to send or to wait for but 2 MSL. */
export function timeWait(t: Tcb, now: Nanos): void {
  enter(t, 'TIME-WAIT');
  t.rtxAt = Infinity;
  t.persistAt = Infinity;
  t.keepAliveAt = Infinity;
  t.userTimeoutAt = Infinity;
  restartTimeWait(t, now);
}

/** 2 MSL from now. */
export function restartTimeWait(t: Tcb, now: Nanos): void {
  t.timeWaitAt = now + t.config.timeWait;
}
