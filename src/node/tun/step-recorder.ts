/**
 * What happens at a `TunHost` as the steps of a recording, one at a time, so that the views tell of a real connection in
 * the words they have for a simulated one. Memory stays bounded: each step stands in a small recording of its own, which
 * holds its segments, the state before it, and the SYNs that name the numbers.
 */
import { connectionView } from '../../sim/connection-view.ts';
import type { Flight, HostInfo, HostView, Recording, SegmentView, StateChange, WhyNote } from '../../sim/recording.ts';
import { segmentView } from '../../sim/segment-view.ts';
import type { Connection } from '../../tcp/connection.ts';
import type { Nanos } from '../../tcp/types.ts';
import { NO_BYTES, type Segment, SYN, segLen } from '../../wire/segment.ts';
import { seqAdd, seqLt, seqMax } from '../../wire/seq.ts';
import type { HostObserver, TunHost } from './host.ts';

/** SYNs and flows that are remembered: beyond, the oldest lose their letters. */
const MOST_SYNS = 100;
const MOST_FLOWS = 1000;

/** Attaches itself to the host and its stack. `onStep` gets each step as step 1 of a recording of its own. */
export class StepRecorder implements HostObserver {
  readonly #host: TunHost;
  readonly #hosts: readonly HostInfo[];
  readonly #onStep: (recording: Recording) => void;
  #syns: Flight[] = [];
  /** Where the numbers sent on a flow begin and end, to tell what is sent again. */
  readonly #flows = new Map<string, { readonly first: number; end: number }>();

  // The step being written
  #kind: 'arrive' | 'timer' | 'app' = 'app';
  #label = '';
  #at: Nanos = 0;
  #before: HostView | null = null;
  #connection: Connection | undefined;
  #arrived: Flight | null = null;
  #sent: Flight[] = [];
  #changes: Omit<StateChange, 'host'>[] = [];
  #why: WhyNote[] = [];

  /** `pairs`: for each IP version the engine's address and the kernel's, as text. */
  constructor(host: TunHost, pairs: readonly (readonly [string, string])[], onStep: (recording: Recording) => void) {
    this.#host = host;
    this.#onStep = onStep;
    this.#hosts = pairs.flatMap(([engine, kernel]): HostInfo[] => [
      { name: 'engine', role: 'server', address: engine, port: 0 },
      { name: 'kernel', role: 'client', address: kernel, port: 0 },
    ]);
    host.observer = this;
    host.sockets.stack.why = {
      check: (rule, held, a, b, c) => this.#why.push({ kind: 'check', rule, held, values: [a, b, c] }),
      act: (rule, a, b, c) => this.#why.push({ kind: 'act', rule, held: true, values: [a, b, c] }),
      state: (from, to) => this.#changes.push({ from, to }),
    };
  }

  begin(kind: 'arrive' | 'timer' | 'app', now: Nanos, seg: Readonly<Segment> | null, label: string): void {
    this.#kind = kind;
    this.#at = now;
    this.#arrived = seg === null ? null : this.#flight(now, seg, false);
    this.#connection = seg === null ? this.#due(now) : this.#connectionOf(seg.dst, seg.dport, seg.src, seg.sport);
    this.#label = kind === 'timer' ? this.#timerName(now) : label;
    this.#before = this.#look();
    this.#sent = [];
    this.#changes = [];
    this.#why = [];
  }

  sent(now: Nanos, seg: Readonly<Segment>): void {
    this.#connection ??= this.#connectionOf(seg.src, seg.sport, seg.dst, seg.dport);
    this.#sent.push(this.#flight(now, seg, true));
  }

  end(): void {
    const idle = this.#sent.length === 0 && this.#changes.length === 0 && this.#why.length === 0;
    // A timer that only looked whether it was due, or a callback that did nothing, is nothing to show.
    if (this.#kind !== 'arrive' && idle && this.#label !== 'listen') return;
    const arrived = this.#arrived;
    if (arrived !== null) this.#connection ??= this.#connectionByText(arrived.segment);
    const flights = [...this.#syns, ...(arrived === null ? [] : [arrived]), ...this.#sent].map((flight, index) => ({
      ...flight,
      index,
    }));
    const first = flights.length - this.#sent.length;
    const engine = (this.#sent[0] ?? arrived)?.[this.#sent.length > 0 ? 'from' : 'to'] ?? 0;
    const step = {
      t: this.#at,
      kind: this.#kind,
      host: engine,
      flight: arrived === null ? -1 : first - 1,
      label: this.#label,
      sent: this.#sent.map((_, i) => first + i),
      changes: this.#changes.map((change) => ({ host: engine, ...change })),
      why: this.#why,
    };
    const views = (engines: HostView): HostView[] => this.#hosts.map((_, i) => (i === engine ? engines : NOBODY));
    this.#onStep({
      ...NO_RECORDING,
      hosts: this.#hosts,
      flights,
      steps: [
        { ...step, index: 0, hosts: views(this.#before ?? NOBODY) },
        { ...step, index: 1, hosts: views(this.#look()) },
      ],
    });
    for (const flight of flights.slice(this.#syns.length)) if (flight.segment.flags & SYN) this.#syns.push(flight);
    this.#syns = this.#syns.slice(-MOST_SYNS);
  }

  /** The engine with the one connection that the step is about. */
  #look(): HostView {
    const { stack } = this.#host.sockets;
    const queues = [...stack.listeners].map((listener) => ({
      port: listener.port,
      backlog: listener.backlog,
      synQueue: listener.synQueue.length,
      acceptQueue: listener.acceptQueue.length,
    }));
    const tcbs =
      this.#connection === undefined ? [] : [connectionView(this.#connection, 'connection', this.#host.addresses)];
    const drops: Record<string, number> = {};
    for (const { counters } of stack.listeners) drops.ListenDrops = (drops.ListenDrops ?? 0) + counters.ListenDrops;
    return {
      state: this.#connection?.state ?? (queues.length > 0 ? 'LISTEN' : 'CLOSED'),
      tcbs,
      queues,
      counters: drops,
      appRead: this.#host.appRead,
      appWritten: this.#host.appWritten,
    };
  }

  #flight(now: Nanos, seg: Readonly<Segment>, outgoing: boolean): Flight {
    const { addresses } = this.#host;
    const engine = this.#hosts.findIndex(({ address }) => address === addresses.format(outgoing ? seg.src : seg.dst));
    const [from, to] = outgoing ? [engine, engine + 1] : [engine + 1, engine];
    return {
      index: -1,
      from,
      to,
      sentAt: now,
      arrivesAt: now,
      lostAt: Infinity,
      fate: 'delivered',
      copyOf: -1,
      again: this.#isAgain(seg),
      scripted: false,
      // Whole packets are a capture's business.
      segment: segmentView(seg, this.#host.addresses, NO_BYTES, 0),
    };
  }

  #isAgain(seg: Readonly<Segment>): boolean {
    const length = segLen(seg);
    if (length === 0) return false;
    const key = `${seg.src} ${seg.sport} ${seg.dst} ${seg.dport}`;
    const end = seqAdd(seg.seq, length);
    const flow = this.#flows.get(key);
    // Another SYN number is another connection between the same ports, not the same one again.
    if (flow === undefined || ((seg.flags & SYN) !== 0 && seg.seq !== flow.first)) {
      this.#flows.set(key, { first: seg.seq, end });
      const oldest = this.#flows.keys().next();
      if (this.#flows.size > MOST_FLOWS && !oldest.done) this.#flows.delete(oldest.value);
      return false;
    }
    const again = seqLt(seg.seq, flow.end);
    flow.end = seqMax(flow.end, end);
    return again;
  }

  #connectionOf(local: number, localPort: number, remote: number, remotePort: number): Connection | undefined {
    for (const c of this.#host.sockets.stack.connections()) {
      const t = c.tcb;
      if (t.local === local && t.localPort === localPort && t.remote === remote && t.remotePort === remotePort)
        return c;
    }
    return undefined;
  }

  /** After an arrival that completed a handshake there is one where there was none. */
  #connectionByText({ src, sport, dst, dport }: SegmentView): Connection | undefined {
    const { addresses } = this.#host;
    return this.#connectionOf(addresses.parse(dst), dport, addresses.parse(src), sport);
  }

  #due(now: Nanos): Connection | undefined {
    for (const c of this.#host.sockets.stack.connections()) if (c.nextTimer() <= now) return c;
    return undefined;
  }

  #timerName(now: Nanos): string {
    const timer = this.#connection?.timers().find(({ firesAt }) => firesAt <= now);
    return timer?.name ?? 'syn-ack';
  }
}

const NOBODY: HostView = { state: 'CLOSED', tcbs: [], queues: [], counters: {}, appRead: 0, appWritten: 0 };

const NO_RECORDING: Omit<Recording, 'hosts' | 'flights' | 'steps'> = {
  scenario: 'tun',
  title: '',
  seed: 0,
  profile: '',
  hash: '',
  interventions: [],
  x: -1,
  y: -1,
};
