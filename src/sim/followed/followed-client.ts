/**
 * The client whose every segment is kept: one of the crowd, alone in its group, and a recording of all that it and the
 * server do about it, step by step, for the ladder. The server's other work does not show, but for its counters.
 */
import type { Connection } from '../../tcp/connection.ts';
import type { Nanos, Tx } from '../../tcp/types.ts';
import type { WhySink } from '../../tcp/why.ts';
import { AddressTable } from '../../wire/address.ts';
import { encodeIpPacket, ipPacketLength } from '../../wire/packet.ts';
import { type Segment, SYN, segLen } from '../../wire/segment.ts';
import { seqAdd, seqLt } from '../../wire/seq.ts';
import type { ServerHost } from '../arena/server-host.ts';
import type { Party, Passage } from '../arena/types.ts';
import { connectionView } from '../connection-view.ts';
import { Crowd } from '../crowd/crowd.ts';
import type { ClientsSpec, FollowedSpec } from '../flood-model.ts';
import type { Census } from '../measure/census.ts';
import type {
  Fate,
  Flight,
  HostView,
  QueueState,
  Recording,
  StateChange,
  Step,
  StepKind,
  TcbView,
  WhyNote,
} from '../recording.ts';
import { segmentView } from '../segment-view.ts';
import { countersOf, halfOpenView } from '../snapshot.ts';

/** Hosts of the recording. */
const CLIENT = 0;
const SERVER = 1;

export class FollowedClient implements Party {
  readonly crowd: Crowd;
  readonly #spec: FollowedSpec;
  readonly #address: number;
  readonly #server: ServerHost;
  /** One way from the client to the server's interface, when nothing waits. */
  readonly #way: Nanos;
  readonly #addresses = new AddressTable();
  readonly #steps: Step[] = [];
  readonly #flights: Flight[] = [];
  /** Flights under way, oldest first, per sender: nothing overtakes on this road. */
  readonly #underWay: readonly [number[], number[]] = [[], []];
  /** How far each has sent, to know what is sent again; -1 = nothing yet. */
  readonly #sentUpTo: [number, number] = [-1, -1];
  readonly #views: [HostView, HostView];
  #x = -1;
  #y = -1;
  #port = 0;
  #newest: Connection | null = null;

  // The step being written
  #open = false;
  #kind: StepKind = 'app';
  #host = CLIENT;
  #flight = -1;
  #label = '';
  #sent: number[] = [];
  #changes: StateChange[] = [];
  #why: WhyNote[] = [];

  /** `tx` is the parties'; `linkDelay` of the access link. */
  constructor(
    spec: FollowedSpec,
    address: number,
    server: ServerHost,
    linkDelay: Nanos,
    seed: number,
    tx: Tx,
    census: Census | null,
  ) {
    this.#spec = spec;
    this.#address = address;
    this.#server = server;
    this.#way = Math.floor(spec.rtt / 2) + linkDelay;
    const watched: Tx = {
      alloc: () => tx.alloc(),
      send: (seg) => {
        this.#sends(this.#now, CLIENT, seg);
        tx.send(seg);
      },
    };
    this.crowd = new Crowd(asGroup(spec), address, address, server.address, seed, watched, census);
    this.crowd.stack.why = this.#sinkOf(CLIENT);
    this.#views = [this.#clientView(), this.#serverView()];
  }
  #now: Nanos = 0;

  receive(now: Nanos, seg: Readonly<Segment>): void {
    this.#begin(now, 'arrive', CLIENT, this.#landed(now, SERVER, seg, 'delivered'), '');
    this.crowd.receive(now, seg);
    this.#end(now);
  }

  onTimer(now: Nanos): void {
    const starts = this.#newest === null && now >= this.#spec.at;
    this.#begin(now, starts ? 'app' : 'timer', CLIENT, -1, starts ? 'connect' : this.#timerName(now));
    this.crowd.onTimer(now);
    this.#end(now);
  }

  nextTimer(): Nanos {
    return this.crowd.nextTimer();
  }

  delayOf(address: number): Nanos {
    return this.crowd.delayOf(address);
  }

  // ---- what the arena's watch sees of it -----------------------------------------------------------------------------

  serving(now: Nanos, seg: Readonly<Segment>): void {
    if (seg.src !== this.#address) return;
    this.#begin(now, 'arrive', SERVER, this.#landed(now, CLIENT, seg, 'delivered'), '');
    this.#server.stack.why = this.#sinkOf(SERVER);
  }

  served(now: Nanos, seg: Readonly<Segment>): void {
    if (seg.src !== this.#address) return;
    this.#server.stack.why = null;
    this.#end(now);
  }

  died(now: Nanos, seg: Readonly<Segment>, why: Passage): void {
    const from = seg.src === this.#address ? CLIENT : seg.dst === this.#address ? SERVER : -1;
    if (from < 0) return;
    this.#begin(now, 'lost', from, this.#landed(now, from, seg, FATE_OF[why]), '');
    this.#end(now);
  }

  left(now: Nanos, seg: Readonly<Segment>): void {
    if (seg.dst !== this.#address) return;
    if (this.#open) return this.#sends(now, SERVER, seg);
    const answers = (seg.flags & SYN) === 0 && seg.len > 0;
    this.#begin(
      now,
      answers ? 'app' : 'timer',
      SERVER,
      -1,
      answers ? 'send' : (seg.flags & SYN) !== 0 ? 'syn-ack' : 'timer',
    );
    this.#sends(now, SERVER, seg);
    this.#end(now);
  }

  recording(
    scenario: { readonly id: string; readonly title: string; readonly profile: string },
    seed: number,
    hash: string,
  ): Recording {
    const { address } = this.#spec;
    return {
      scenario: scenario.id,
      title: scenario.title,
      seed,
      profile: scenario.profile,
      hosts: [
        { name: 'client', role: 'client', address, port: this.#port },
        {
          name: 'server',
          role: 'server',
          address: this.#addresses.format(this.#server.address),
          port: this.#spec.port,
        },
      ],
      flights: [...this.#flights],
      steps: [...this.#steps],
      hash,
      interventions: [],
      x: this.#x,
      y: this.#y,
    };
  }

  // ---- steps ---------------------------------------------------------------------------------------------------------

  #begin(now: Nanos, kind: StepKind, host: number, flight: number, label: string): void {
    this.#now = now;
    this.#open = true;
    this.#kind = kind;
    this.#host = host;
    this.#flight = flight;
    this.#label = label;
    this.#sent = [];
    this.#changes = [];
    this.#why = [];
  }

  #end(now: Nanos): void {
    this.#open = false;
    const idle = this.#sent.length === 0 && this.#changes.length === 0 && this.#why.length === 0;
    if (idle && (this.#kind === 'timer' || this.#kind === 'app')) return;
    if (this.#host === CLIENT) this.#views[CLIENT] = this.#clientView();
    this.#views[SERVER] = this.#serverView();
    this.#steps.push({
      index: this.#steps.length,
      t: now,
      kind: this.#kind,
      host: this.#host,
      flight: this.#flight,
      label: this.#label,
      sent: this.#sent,
      changes: this.#changes,
      why: this.#why,
      hosts: [...this.#views],
    });
  }

  #sends(now: Nanos, from: number, seg: Readonly<Segment>): void {
    const bytes = new Uint8Array(ipPacketLength(seg));
    encodeIpPacket(seg, this.#addresses, bytes, 0, { ttl: 64, ipId: (this.#flights.length + 1) & 0xffff });
    const index = this.#flights.length;
    this.#flights.push({
      index,
      from,
      to: 1 - from,
      sentAt: now,
      arrivesAt: now + this.#way,
      lostAt: Infinity,
      fate: 'in-flight',
      copyOf: -1,
      again: this.#isAgain(from, seg),
      scripted: false,
      segment: segmentView(seg, this.#addresses, bytes, 20),
    });
    this.#underWay[from === CLIENT ? 0 : 1].push(index);
    this.#sent.push(index);
    if (from === CLIENT && this.#x < 0) {
      this.#x = seg.seq;
      this.#port = seg.sport;
    }
    if (from === SERVER && this.#y < 0 && (seg.flags & SYN) !== 0) this.#y = seg.seq;
  }

  #isAgain(from: number, seg: Readonly<Segment>): boolean {
    const length = segLen(seg);
    if (length === 0) return false;
    const end = seqAdd(seg.seq, length);
    const upTo = this.#sentUpTo[from === CLIENT ? 0 : 1];
    const again = upTo >= 0 && seqLt(seg.seq, upTo);
    if (!again) this.#sentUpTo[from === CLIENT ? 0 : 1] = end;
    return again;
  }

  /** The flight of `seg`, which has come to its end; -1 = a box made it, no host of ours. */
  #landed(now: Nanos, from: number, seg: Readonly<Segment>, fate: Fate): number {
    const waiting = this.#underWay[from === CLIENT ? 0 : 1];
    const place = waiting.findIndex((i) => {
      const view = this.#flights[i]?.segment;
      return view?.seq === seg.seq && view.flags === seg.flags && view.len === seg.len;
    });
    const index = waiting[place];
    const flight = index === undefined ? undefined : this.#flights[index];
    if (index === undefined || flight === undefined) return -1;
    waiting.splice(place, 1);
    this.#flights[index] =
      fate === 'delivered' ? { ...flight, fate, arrivesAt: now } : { ...flight, fate, lostAt: now };
    return index;
  }

  #sinkOf(host: number): WhySink {
    return {
      check: (rule, held, a, b, c) => this.#why.push({ kind: 'check', rule, held, values: [a, b, c] }),
      act: (rule, a, b, c) => this.#why.push({ kind: 'act', rule, held: true, values: [a, b, c] }),
      state: (from, to) => this.#changes.push({ host, from, to }),
    };
  }

  // ---- views ---------------------------------------------------------------------------------------------------------

  #timerName(now: Nanos): string {
    return this.#newest?.timers().find((timer) => timer.firesAt <= now)?.name ?? 'timer';
  }

  #clientView(): HostView {
    for (const connection of this.crowd.stack.connections()) this.#newest = connection;
    const tcbs = this.#newest === null ? [] : [connectionView(this.#newest, 'connection', this.#addresses)];
    return {
      state: tcbs[0]?.state ?? 'CLOSED',
      tcbs,
      queues: [],
      counters: {},
      appRead: 0,
      appWritten: 0,
    };
  }

  #serverView(): HostView {
    const { stack } = this.#server;
    const tcbs: TcbView[] = [];
    const queues: QueueState[] = [];
    for (const connection of stack.connections()) {
      if (connection.tcb.remote === this.#address) tcbs.push(connectionView(connection, 'connection', this.#addresses));
    }
    for (const listener of stack.listeners) {
      const { port, backlog, synQueue, acceptQueue } = listener;
      queues.push({ port, backlog, synQueue: synQueue.length, acceptQueue: acceptQueue.length });
      if (port !== this.#spec.port || synQueue.find(this.#server.address, this.#address, this.#port) < 0) continue;
      listener.entries((half, timer) => {
        if (half.remote === this.#address) tcbs.push(halfOpenView(half, timer, stack.config, this.#addresses));
      });
    }
    return {
      state: tcbs.at(-1)?.state ?? 'LISTEN',
      tcbs,
      queues,
      counters: countersOf(stack),
      appRead: 0,
      appWritten: 0,
    };
  }
}

function asGroup(spec: FollowedSpec): ClientsSpec {
  return {
    name: 'followed',
    from: `${spec.address}/32`,
    port: spec.port,
    people: 0,
    fastOpen: false,
    arrivals: { process: 'times', at: [spec.at] },
    rtt: { shape: 'fixed', value: spec.rtt },
    os: { [spec.os]: 1 },
    request: spec.request,
    patience: spec.patience,
    after: 'close',
    think: 0,
  };
}

const FATE_OF: Readonly<Record<Passage, Fate>> = {
  passed: 'delivered',
  box: 'filtered',
  overflow: 'overflow',
  cpu: 'overflow',
  lost: 'lost',
};
