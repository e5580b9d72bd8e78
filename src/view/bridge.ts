/** From the lab to a real host: the command that would show this moment there (iproute2 `ss`, `nstat`). */
import type { HostView, Recording } from '../sim/recording.ts';

export interface Bridge {
  readonly command: string;
  /** What it shows, to be read after "On a real host". */
  readonly shows: string;
}

/** The command for the state after step `at`; the half-open entry is what people come for, so it goes first. */
export function bridgeCommand(recording: Recording, at: number): Bridge {
  const step = recording.steps[at];
  const hosts = step?.hosts ?? [];
  const queued = hosts.some((host) => host.tcbs.some((tcb) => tcb.where === 'syn-queue'));
  if (queued || has(hosts, 'SYN-RECEIVED')) return { command: 'ss -tan state syn-recv', shows: 'half-open entries' };
  if (step?.kind === 'timer') return { command: 'nstat -az TcpRetransSegs TcpTimeouts', shows: 'what was sent again' };
  if (hosts.some((host) => host.queues.some((queue) => queue.acceptQueue > 0))) {
    return { command: 'ss -tln', shows: 'accept queue: Recv-Q of Send-Q' };
  }
  if (has(hosts, 'SYN-SENT')) return { command: 'ss -tano state syn-sent', shows: 'who waits for an answer' };
  if (has(hosts, 'TIME-WAIT')) return { command: 'ss -tano state time-wait', shows: 'connections that wait 2 MSL' };
  if (has(hosts, 'CLOSE-WAIT')) return { command: 'ss -tanp state close-wait', shows: 'who has not closed yet' };
  if (has(hosts, 'ESTABLISHED')) return { command: 'ss -tani state established', shows: 'RTT, window, MSS' };
  if (has(hosts, 'LISTEN')) return { command: 'ss -tln', shows: 'listeners and their backlog' };
  return { command: 'ss -tan', shows: 'all connections' };
}

function has(hosts: readonly HostView[], state: string): boolean {
  return hosts.some((host) => host.state === state || host.tcbs.some((tcb) => tcb.state === state));
}
