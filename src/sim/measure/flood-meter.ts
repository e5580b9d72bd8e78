/** Counts what happens in a flood run, samples it, and notes the moments that matter. */
import { HalfOpen } from '../../tcp/half-open.ts';
import type { ListenCounters } from '../../tcp/listen-counters.ts';
import type { Nanos } from '../../tcp/types.ts';
import { ACK, RST, type Segment, SYN } from '../../wire/segment.ts';
import type { AddressSpace } from '../arena/address-space.ts';
import type { ArenaWatch } from '../arena/arena.ts';
import type { ServerHost } from '../arena/server-host.ts';
import type { Owner, Passage } from '../arena/types.ts';
import type { Crowd } from '../crowd/crowd.ts';
import type { FloodMoment, FloodSeries } from '../flood-report.ts';
import type { FollowedClient } from '../followed/followed-client.ts';
import type { Census } from './census.ts';
import { QueueWatch } from './queue-watch.ts';
import { Series } from './series.ts';
import type { SlotAges } from './slot-ages.ts';

export class FloodMeter implements ArenaWatch {
  readonly queue: QueueWatch = new QueueWatch();
  readonly moments: FloodMoment[] = [];
  /** Per emitter: SYNs at the edge, and those that a SYN/ACK answered at once. */
  readonly syns: number[] = [];
  readonly answered: number[] = [];
  segmentsIn = 0;
  segmentsOut = 0;
  backscatter = 0;
  /** Segments that a box swallowed, and that the link or the CPU had no room for. */
  boxed = 0;
  choked = 0;
  cpuDropped = 0;
  /** When the entry of each row of the first SYN queue came; null: nobody wants to know. */
  readonly slotAges: SlotAges | null;
  /** null: nobody wants to know of each handshake. */
  readonly #census: Census | null;

  readonly #space: AddressSpace;
  readonly #half = new HalfOpen();
  readonly #series: Series;
  #followed: FollowedClient | null = null;
  #server!: ServerHost;
  #crowds: readonly Crowd[] = [];
  /** Counts since the run began, as they stood at the last sample. */
  #before: Counts = NOTHING;
  #floodSyns = 0;
  #clientSyns = 0;
  #synAcks = 0;
  readonly #seen = new Set<FloodMoment['what']>();
  #sampledAt: Nanos = 0;

  constructor(space: AddressSpace, sampleEvery: Nanos, slotAges: SlotAges | null, census: Census | null) {
    this.#space = space;
    this.slotAges = slotAges;
    this.#census = census;
    this.#series = new Series(sampleEvery);
  }

  /** Before anything happens: what is measured. */
  watch(server: ServerHost, crowds: readonly Crowd[], followed: FollowedClient | null): void {
    this.#server = server;
    this.#crowds = crowds;
    this.#followed = followed;
  }

  series(): FloodSeries {
    return this.#series.read();
  }

  /** Notes the first time something happens. */
  moment(now: Nanos, what: FloodMoment['what']): void {
    if (this.#seen.has(what)) return;
    this.#seen.add(what);
    this.moments.push({ t: now, what });
  }

  atEdge(now: Nanos, seg: Readonly<Segment>, tag: number): void {
    this.segmentsIn++;
    if (tag >= 0) {
      this.#floodSyns++;
      this.syns[tag] = (this.syns[tag] ?? 0) + 1;
      this.queue.flood(now);
      if (this.#floodSyns === 1) this.moment(now, 'flood-begins');
    } else if ((seg.flags & (SYN | ACK | RST)) === SYN) this.#clientSyns++;
  }

  died(now: Nanos, seg: Readonly<Segment>, tag: number, why: Passage): void {
    if (why === 'box') this.boxed++;
    else this.choked++;
    if (why === 'cpu') this.cpuDropped++;
    this.#followed?.died(now, seg, why);
    if (tag < 0 && (seg.flags & (SYN | ACK)) === SYN) this.moment(now, 'first-client-dropped');
  }

  serving(now: Nanos, seg: Readonly<Segment>): void {
    this.#followed?.serving(now, seg);
    if (this.#census !== null) this.#census.serving(seg, this.#countersOf(seg.dport));
  }

  served(now: Nanos, seg: Readonly<Segment>, tag: number, answered: boolean): void {
    if (answered && tag >= 0) this.answered[tag] = (this.answered[tag] ?? 0) + 1;
    else if (!answered && tag < 0 && (seg.flags & (SYN | ACK)) === SYN) this.moment(now, 'first-client-dropped');
    this.#followed?.served(now, seg);
    if (this.#census !== null) this.#census.dealt(seg, this.#countersOf(seg.dport));
    if (answered && this.slotAges !== null) this.slotAges.note(now, seg, this.#server.ports[0]?.listener);
    this.ticked(now);
  }

  left(now: Nanos, seg: Readonly<Segment>): void {
    this.segmentsOut++;
    this.#followed?.left(now, seg);
    this.#census?.left(now, seg);
    if ((seg.flags & (SYN | ACK)) === (SYN | ACK)) this.#synAcks++;
  }

  out(_now: Nanos, seg: Readonly<Segment>): void {
    if ((seg.flags & (SYN | ACK)) !== (SYN | ACK)) return;
    const owner = this.#space.ownerOf(seg.dst);
    if (owner === 'silent' || owner === 'live') this.backscatter++;
  }

  ticked(now: Nanos): void {
    const listener = this.#server.ports[0]?.listener;
    if (listener === undefined) return;
    if (!this.queue.look(now, listener.synQueue, listener.acceptQueue)) return;
    if (this.queue.isFull) this.moment(now, 'queue-full');
  }

  /** The end of a sample. */
  sample(now: Nanos, bots: number): void {
    const counts = this.#count();
    const before = this.#before;
    const connected = counts.connected - before.connected;
    let connectTime = 0;
    for (const crowd of this.#crowds) {
      connectTime += crowd.recentConnectTime;
      crowd.recentConnectTime = 0;
    }
    const listener = this.#server.ports[0]?.listener;
    const halfOpen = listener?.synQueue.length ?? 0;
    const since = now - this.#sampledAt;
    this.#series.push({
      halfOpen,
      halfOpenFlood: halfOpen - this.#halfOpenClients(),
      acceptQueue: listener?.acceptQueue.length ?? 0,
      established: this.#server.open,
      bots,
      floodSyns: counts.floodSyns - before.floodSyns,
      clientSyns: counts.clientSyns - before.clientSyns,
      synAcks: counts.synAcks - before.synAcks,
      dropsSynQueue: counts.dropsSynQueue - before.dropsSynQueue,
      dropsAcceptQueue: counts.dropsAcceptQueue - before.dropsAcceptQueue,
      dropsReserve: counts.dropsReserve - before.dropsReserve,
      dropsBox: counts.dropsBox - before.dropsBox,
      dropsLink: counts.dropsLink - before.dropsLink,
      cookies: counts.cookies - before.cookies,
      evicted: counts.evicted - before.evicted,
      expired: counts.expired - before.expired,
      connected,
      connectedFirstTry: counts.connectedFirstTry - before.connectedFirstTry,
      failed: counts.failed - before.failed,
      connectTimeMean: connected === 0 ? -1 : connectTime / connected,
      cpu: since > 0 ? (counts.cpu - before.cpu) / since : 0,
    });
    this.#before = counts;
    this.#sampledAt = now;
  }

  /** Notes what is over. `floodOver`: no flood has anything left to send. */
  look(floodOver: boolean): void {
    if (floodOver && this.queue.lastFloodAt >= 0) {
      this.moment(this.queue.lastFloodAt, 'flood-ends');
      if (this.queue.fullAt >= 0 && !this.queue.isFull) this.moment(this.queue.roomSince, 'recovered');
    }
    const first = Math.min(...this.#crowds.map(({ attempts }) => attempts.firstServedAt).filter((t) => t >= 0));
    if (first < Infinity) this.moment(first, 'first-client-served');
  }

  /** Entries of the first listener's SYN queue that are clients'. */
  #halfOpenClients(): number {
    const queue = this.#server.ports[0]?.listener.synQueue;
    if (queue === undefined) return 0;
    let sum = 0;
    if (queue.rows <= MOST_ROWS_READ) {
      for (let row = 0; row < queue.rows; row++) {
        if (!queue.occupied(row)) continue;
        queue.read(row, this.#half);
        if (isClient(this.#space.ownerOf(this.#half.remote))) sum++;
      }
      return sum;
    }
    // Reading a million rows for each sample would take longer than the flood: there, those who are known to wait.
    for (const crowd of this.#crowds) {
      for (const [address, port] of crowd.opening()) {
        if (queue.find(this.#server.address, address, port) >= 0) sum++;
      }
    }
    return sum;
  }

  #countersOf(port: number): Readonly<ListenCounters> | undefined {
    return this.#server.ports.find(({ listener }) => listener.port === port)?.listener.counters;
  }

  #count(): Counts {
    const sum = {
      floodSyns: this.#floodSyns,
      clientSyns: this.#clientSyns,
      synAcks: this.#synAcks,
      dropsSynQueue: 0,
      dropsAcceptQueue: 0,
      dropsReserve: 0,
      dropsBox: this.boxed,
      dropsLink: this.choked,
      cookies: 0,
      evicted: 0,
      expired: 0,
      connected: 0,
      connectedFirstTry: 0,
      failed: 0,
      cpu: this.#server.cpu,
    };
    for (const { listener } of this.#server.ports) {
      const { counters } = listener;
      sum.dropsSynQueue += counters.TCPReqQFullDrop;
      sum.dropsAcceptQueue += counters.ListenOverflows;
      sum.dropsReserve += counters.ListenDrops - counters.TCPReqQFullDrop - counters.ListenOverflows;
      sum.cookies += counters.SyncookiesSent;
      sum.evicted += counters.evicted;
      sum.expired += counters.expired;
    }
    for (const { attempts } of this.#crowds) {
      sum.connected += attempts.connectedCount;
      sum.connectedFirstTry += attempts.connectedFirstTry;
      sum.failed += attempts.failedCount;
    }
    return sum;
  }
}

type Counts = Readonly<typeof NOTHING>;

function isClient(owner: Owner): boolean {
  return owner === 'client' || owner === 'followed';
}

/** Above so many rows a client whose final ACK is under way counts as the flood's. */
const MOST_ROWS_READ = 65_536;

const NOTHING = {
  floodSyns: 0,
  clientSyns: 0,
  synAcks: 0,
  dropsSynQueue: 0,
  dropsAcceptQueue: 0,
  dropsReserve: 0,
  dropsBox: 0,
  dropsLink: 0,
  cookies: 0,
  evicted: 0,
  expired: 0,
  connected: 0,
  connectedFirstTry: 0,
  failed: 0,
  cpu: 0,
};
