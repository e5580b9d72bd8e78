/** The timers of a connection that run, for people to look at. */
import { persistTime } from './output.ts';
import type { Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';

/** A timer that runs: what it is for, since when, until when. */
export interface RunningTimer {
  readonly name:
    | 'retransmit'
    | 'loss-probe'
    | 'reordering'
    | 'persist'
    | 'delayed-ack'
    | 'keep-alive'
    | 'time-wait'
    | 'user-timeout';
  readonly armedAt: Nanos;
  readonly firesAt: Nanos;
}

export function runningTimers(t: Tcb): RunningTimer[] {
  const { config, rtt } = t;
  const keepAlive = t.probesUnanswered > 0 ? config.keepAliveInterval : config.keepAliveIdle;
  const probeAt = t.flight?.probeAt ?? Infinity;
  const reorderAt = t.flight?.reorderAt ?? Infinity;
  // When each was armed follows from how long it runs: nothing is stored for the eye alone.
  const all: RunningTimer[] = [
    running('retransmit', t.rtxAt, rtt.timeout(config)),
    running('reordering', reorderAt, reorderAt - t.lastSentAt),
    running('loss-probe', probeAt, probeAt - t.lastSentAt),
    running('persist', t.persistAt, persistTime(t)),
    running('delayed-ack', t.delackAt, config.delayedAck),
    running('keep-alive', t.keepAliveAt, keepAlive),
    running('time-wait', t.timeWaitAt, t.state === 'TIME-WAIT' ? config.timeWait : config.finWait2),
    running('user-timeout', t.userTimeoutAt, config.userTimeout),
  ];
  return all.filter((timer) => timer.firesAt !== Infinity);
}

function running(name: RunningTimer['name'], firesAt: Nanos, lasts: Nanos): RunningTimer {
  return { name, armedAt: firesAt - lasts, firesAt };
}
