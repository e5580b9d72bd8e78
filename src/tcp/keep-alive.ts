/** When a keep-alive is due after the application has changed its mind (RFC 9293 §3.8.4 MUST-24; Linux do_tcp_setsockopt). */
import type { TcpConfig } from './config.ts';
import type { Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';

/**
 * `t.config` was `before`. A new interval counts from when the peer was last heard (MUST-26; Linux keepalive_time_elapsed),
 * the first one from now. Anything else that changed leaves the timer alone.
 */
export function retimeKeepAlive(t: Tcb, before: TcpConfig, now: Nanos): void {
  const idle = t.config.keepAliveIdle;
  if (idle === before.keepAliveIdle) return;
  if (idle === 0) t.keepAliveAt = Infinity;
  else if (t.keepAliveAt !== Infinity) {
    // Each probe without an answer has moved the timer on by an interval.
    const heardAt = t.keepAliveAt - before.keepAliveIdle - t.probesUnanswered * before.keepAliveInterval;
    t.keepAliveAt = Math.max(now, heardAt + idle);
  } else if (t.state === 'ESTABLISHED' || t.state === 'CLOSE-WAIT') t.keepAliveAt = now + idle;
}
