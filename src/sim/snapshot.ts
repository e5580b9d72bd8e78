/** A host as people see it at one moment: its connections, half-open entries, queues, timers and counters as plain data. */
import type { TcpConfig } from '../tcp/config.ts';
import type { Connection } from '../tcp/connection.ts';
import type { HalfOpen } from '../tcp/half-open.ts';
import type { Listener } from '../tcp/listener.ts';
import type { TcpStack } from '../tcp/stack.ts';
import { synWindow } from '../tcp/synack.ts';
import type { AddressTable } from '../wire/address.ts';
import { endpointText } from '../wire/endpoint-text.ts';
import { seqAdd } from '../wire/seq.ts';
import { connectionView } from './connection-view.ts';
import type { Host } from './host.ts';
import type { HostView, QueueState, TcbView } from './recording.ts';

/** Reads everything out; later changes of the host do not touch the result. */
export function snapshotHost(host: Host, addresses: AddressTable): HostView {
  const tcbs: TcbView[] = host.held.map((h) => connectionView(h.connection, 'connection', addresses));
  const queues: QueueState[] = [];
  let listening = false;
  for (const listener of host.stack.listeners) {
    listening = true;
    listener.waiting((c) => tcbs.push(connectionView(c, 'accept-queue', addresses)));
    listener.entries((half, timer) => tcbs.push(halfOpenView(half, timer, host.stack.config, addresses)));
    queues.push({
      port: listener.port,
      backlog: listener.backlog,
      synQueue: listener.synQueue.length,
      acceptQueue: listener.acceptQueue.length,
    });
  }
  return {
    state: tcbs.findLast((t) => t.state !== 'CLOSED')?.state ?? (listening ? 'LISTEN' : 'CLOSED'),
    tcbs,
    queues,
    counters: countersOf(host.stack),
    appRead: host.appRead,
    appWritten: host.appWritten,
  };
}

/** An entry of the SYN queue, read out. */
export function halfOpenView(
  half: Readonly<HalfOpen>,
  timer: { readonly armedAt: number; readonly firesAt: number },
  config: TcpConfig,
  addresses: AddressTable,
): TcbView {
  return {
    where: 'syn-queue',
    local: endpointText(addresses, half.local, half.localPort),
    remote: endpointText(addresses, half.remote, half.remotePort),
    state: 'SYN-RECEIVED',
    iss: half.iss,
    irs: half.irs,
    sndUna: half.iss,
    sndNxt: seqAdd(half.iss, 1),
    sndWnd: half.wnd,
    rcvNxt: seqAdd(half.irs, 1),
    rcvWnd: synWindow(half, config),
    mss: half.mss,
    sndScale: Math.max(0, half.ws),
    rcvScale: half.ws < 0 ? 0 : Math.max(0, config.windowScale),
    // A row of the SYN queue has no congestion state yet: that begins with the connection.
    cwnd: 0,
    ssthresh: 0,
    srtt: -1,
    rto: timer.firesAt - timer.armedAt,
    retransmits: half.timeouts,
    timers: [{ name: 'syn-ack', armedAt: timer.armedAt, firesAt: timer.firesAt }],
  };
}

/** Sums over the listeners, under Linux MIB names where there are such; zeros are left out. */
export function countersOf(stack: TcpStack): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  const add = (name: string, value: number): void => {
    if (value > 0) sums[name] = (sums[name] ?? 0) + value;
  };
  const { counters } = stack;
  add('ActiveOpens', counters.activeOpens);
  add('OutRsts', counters.outRsts);
  add('notOurs', counters.notOurs);
  for (const listener of stack.listeners) addListener(listener, add);
  return sums;
}

function addListener(listener: Listener<Connection>, add: (name: string, value: number) => void): void {
  for (const [name, value] of Object.entries(listener.counters)) if (typeof value === 'number') add(name, value);
}
