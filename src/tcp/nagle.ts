/** When a segment that is not full goes: Nagle's rule, and what an application says against it (RFC 9293 §3.7.4). */
import { smallInFlight } from './flight.ts';
import type { Tcb } from './tcb.ts';
import { sendsUrgent } from './urgent.ts';

/** Bits of `Tcb.nagle` with Linux' meanings (TCP_NAGLE_OFF …): TCP_NODELAY is set, TCP_CORK is set, what is queued goes. */
export const NAGLE_OFF = 1;
export const NAGLE_CORK = 2;
export const NAGLE_PUSH = 4;

/**
 * Is a segment of `n` bytes, less than a full one, worth sending (RFC 9293 §3.8.6.2.1, MUST-38, and §3.7.4)? `left` bytes
 * belong together; more may join them only if they are the `last`.
 */
export function worthSending(t: Tcb, n: number, left: number, last: boolean, nagle: number): boolean {
  if (n === left) {
    if (!last || t.closing || (nagle & NAGLE_PUSH) !== 0) return true;
    if ((nagle & NAGLE_CORK) !== 0) return false;
    if ((nagle & NAGLE_OFF) !== 0 || t.sndUna === t.sndNxt || sendsUrgent(t)) return true;
    if (t.config.habits.smallBehindSmall && !smallInFlight(t)) return true;
  } else if ((nagle & NAGLE_CORK) !== 0 && !t.closing) return false;
  return n >= t.maxSndWnd / 2 && t.maxSndWnd > 0;
}

/** TCP_CORK. Letting go with TCP_NODELAY set sends what is queued. */
export function setCork(t: Tcb, on: boolean): void {
  if (on) t.nagle |= NAGLE_CORK;
  else t.nagle = (t.nagle & ~NAGLE_CORK) | ((t.nagle & NAGLE_OFF) === 0 ? 0 : NAGLE_PUSH);
}

/** Nagle's rule is off for what is written from now on. */
export function setNoDelay(t: Tcb, on: boolean): void {
  t.nagle = on ? t.nagle | NAGLE_OFF : t.nagle & ~NAGLE_OFF;
}

/** What is queued goes, even if corked; what is written later may wait again. */
export function pushQueued(t: Tcb): void {
  t.nagle |= NAGLE_PUSH;
}
