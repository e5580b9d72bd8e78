/** From a flood in the lab to a real host: its counters under the names of `nstat`, and the commands that show the same there. */
import type { FloodFrame } from '../sim/flood-frame.ts';
import type { Bridge } from './bridge.ts';
import type { PlotRole } from './plot-model.ts';

export interface CounterLine {
  /** As nstat prints it: `TcpExtListenDrops`. */
  readonly name: string;
  readonly value: number;
  readonly means: string;
  /** Roles of the lines in the plot of drops whose SYNs it counts. */
  readonly causes: readonly PlotRole[];
}

/** The counters of a listener that a flood moves: those that are not zero, in the order of what happens to a SYN. */
export function floodCounters(frame: FloodFrame): readonly CounterLine[] {
  return COUNTERS.map(([key, name, means]) => ({
    name,
    value: frame.counters[key] ?? 0,
    means,
    causes: CAUSES[key] ?? [],
  })).filter((line) => line.value > 0);
}

/** The command for this moment of a flood: what is full comes first. */
export function floodBridge(frame: FloodFrame): Bridge {
  if (frame.acceptQueue >= frame.acceptCapacity) {
    return { command: `ss -tln 'sport = :${frame.port}'`, shows: 'accept queue: Recv-Q above Send-Q' };
  }
  const names = COUNTERS.slice(0, OF_DROPS)
    .filter(([key]) => (frame.counters[key] ?? 0) > 0)
    .map(([, name]) => name);
  if (frame.halfOpen >= frame.capacity && names.length > 0) {
    return { command: `nstat -az ${names.slice(0, 3).join(' ')}`, shows: 'what is dropped, and why' };
  }
  return { command: `ss -tan state syn-recv 'sport = :${frame.port}'`, shows: 'half-open entries' };
}

/** The first so many tell what became of SYNs that found no room. */
const OF_DROPS = 6;

/** `ListenDrops` counts whatever the listener drops (Linux tcp_listendrop), the other two why. */
const CAUSES: Readonly<Record<string, readonly PlotRole[]>> = {
  ListenDrops: ['syn-queue', 'accept-queue', 'reserve'],
  TCPReqQFullDrop: ['syn-queue'],
  ListenOverflows: ['accept-queue'],
};

/** Our name, the name in nstat (`Tcp` from /proc/net/snmp, `TcpExt` from /proc/net/netstat), and what it counts. */
const COUNTERS: readonly (readonly [string, string, string])[] = [
  ['ListenDrops', 'TcpExtListenDrops', 'SYNs and final ACKs dropped by the listener'],
  ['TCPReqQFullDrop', 'TcpExtTCPReqQFullDrop', 'of these: SYN queue full'],
  ['ListenOverflows', 'TcpExtListenOverflows', 'of these: accept queue full'],
  ['TCPReqQFullDoCookies', 'TcpExtTCPReqQFullDoCookies', 'SYN queue full, answered with a cookie'],
  ['SyncookiesSent', 'TcpExtSyncookiesSent', 'cookies sent'],
  ['SyncookiesRecv', 'TcpExtSyncookiesRecv', 'connections made from a cookie'],
  ['SyncookiesFailed', 'TcpExtSyncookiesFailed', 'ACKs whose cookie was none'],
  ['PassiveOpens', 'TcpPassiveOpens', 'connections accepted'],
  ['TCPTimeouts', 'TcpExtTCPTimeouts', 'SYN/ACK timers that fired'],
  ['RetransSegs', 'TcpRetransSegs', 'SYN/ACKs sent again'],
  ['EmbryonicRsts', 'TcpExtEmbryonicRsts', 'half-open entries ended by a RST'],
  ['expired', 'expired', 'entries whose time ran out (Linux does not count them)'],
  ['evicted', 'evicted', 'entries given up for another SYN (not on Linux)'],
];
