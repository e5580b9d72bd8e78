/**
 * The world of a flood run: parties on the Internet, the road with its defences, and the server; and the loop that makes
 * one thing happen after another. Segments travel as pooled objects, each given from hand to hand and never copied on the
 * common way; bytes are made only where a tap asks for them.
 */
import type { Nanos, Tx } from '../../tcp/types.ts';
import { ACK, type Segment, SYN } from '../../wire/segment.ts';
import { EventQueue } from '../event-queue.ts';
import type { Middlebox } from '../middlebox/types.ts';
import type { AddressSpace } from './address-space.ts';
import type { Cpu } from './cpu.ts';
import { PassageHash } from './passage-hash.ts';
import type { Pipe } from './pipe.ts';
import { Road } from './road.ts';
import { keepPayload, SegmentPool } from './segment-pool.ts';
import type { ServerHost } from './server-host.ts';
import type { Emitter, FloodTap, Party, Passage, TapPlace } from './types.ts';

/** Is told what happens. Tags: the emitter's index, or -1 for what a party sent. */
export interface ArenaWatch {
  /** A segment of the Internet is at the edge, before any defence. */
  atEdge(now: Nanos, seg: Readonly<Segment>, tag: number): void;
  /** It ended on the road and not at the server. */
  died(now: Nanos, seg: Readonly<Segment>, tag: number, why: Passage): void;
  /** The server is about to deal with it. */
  serving(now: Nanos, seg: Readonly<Segment>): void;
  /** The server has dealt with it; `answered`: a SYN/ACK to its sender went out at once. */
  served(now: Nanos, seg: Readonly<Segment>, tag: number, answered: boolean): void;
  /** The server's timers have run. */
  ticked(now: Nanos): void;
  /** A segment leaves the server, … */
  left(now: Nanos, seg: Readonly<Segment>): void;
  /** … and one, of the server or of a box, is out on the Internet. */
  out(now: Nanos, seg: Readonly<Segment>): void;
}

export interface ArenaParts {
  readonly space: AddressSpace;
  readonly boxes: readonly Middlebox[];
  /** The first so many boxes stand on the provider's side of the access link. */
  readonly upstream: number;
  readonly inbound: Pipe;
  readonly outbound: Pipe;
  /** null: the server is as fast as it needs to be. */
  readonly cpu: Cpu | null;
  readonly watch: ArenaWatch;
  readonly taps: readonly FloodTap[];
}

export class Arena {
  now: Nanos = 0;
  readonly hash: PassageHash = new PassageHash();
  /** Segments for which nobody was there. */
  undelivered = 0;
  readonly road: Road;
  /** What the server sends through, … */
  readonly serverTx: Tx;
  /** … and parties: one for all of them, since a segment bears its sender. */
  readonly partyTx: Tx;

  readonly #space: AddressSpace;
  readonly #pool = new SegmentPool();
  readonly #queue = new EventQueue(1024);
  readonly #parties: Party[] = [];
  readonly #emitters: Emitter[] = [];
  readonly #cpu: Cpu | null;
  readonly #watch: ArenaWatch;
  readonly #taps: readonly FloodTap[];
  #server!: ServerHost;
  /** Segments on their way to a party, or to the edge. */
  readonly #flights: (Segment | null)[] = [];
  readonly #goals: number[] = [];
  readonly #spareFlights: number[] = [];
  /** When each is to be called next; what the queue holds beside that is outdated. */
  readonly #partyAt: Nanos[] = [];
  readonly #boxAt: Nanos[];
  #serverAt: Nanos = Infinity;
  #cpuAt: Nanos = Infinity;
  /** Whose segment the server is at work on, and whether a SYN/ACK has answered it. */
  #sender = -1;
  #senderPort = -1;
  #answered = false;
  /** The server is at work on something, and what came for it meanwhile. */
  #busy = false;
  readonly #behind: { readonly seg: Segment; readonly tag: number }[] = [];

  constructor(parts: ArenaParts) {
    this.#space = parts.space;
    this.#cpu = parts.cpu;
    this.#watch = parts.watch;
    this.#taps = parts.taps;
    this.#boxAt = parts.boxes.map(() => Infinity);
    this.serverTx = { alloc: () => this.#pool.take(), send: (seg) => this.#fromServer(seg) };
    this.partyTx = { alloc: () => this.#pool.take(), send: (seg) => this.#fromParty(seg) };
    this.road = new Road(parts.boxes, parts.upstream, parts.inbound, parts.outbound, this.#pool, {
      toServer: (seg, tag) => this.#atServer(seg, tag),
      toNet: (seg) => this.#toNet(seg),
      died: (seg, tag, why) => this.#died(seg, tag, why),
      armBox: (box, at) => this.#armBox(box, at),
      armLink: (direction, at) => this.#queue.push(at, direction === 'in' ? LINK_IN : LINK_OUT),
    });
  }

  /** Before anything happens: who serves. */
  setServer(server: ServerHost): void {
    this.#server = server;
    this.#armServer();
  }

  addParty(party: Party): void {
    this.#parties.push(party);
    this.#partyAt.push(Infinity);
    this.#armParty(this.#parties.length - 1);
  }

  /** The tag of its segments. */
  addEmitter(emitter: Emitter): number {
    const index = this.#emitters.push(emitter) - 1;
    if (emitter.next < Infinity) this.#queue.push(emitter.next, index * KINDS + EMIT);
    return index;
  }

  /**
   * Makes everything up to and including `until` happen, or about `most` events of it, each SYN of a burst being one. What
   * is left of them; negative: there is more to do.
   */
  runTo(until: Nanos, most: number): number {
    const queue = this.#queue;
    let left = most;
    while (queue.peek() <= until) {
      if (--left < 0) return -1;
      queue.pop();
      this.now = queue.time;
      const kind = queue.event % KINDS;
      const index = (queue.event - kind) / KINDS;
      if (kind === EMIT) left -= this.#emit(index);
      else if (kind === LINK_IN) this.road.linkTimer(this.now, 'in');
      else if (kind === FLIGHT) this.#land(index);
      else if (kind === LINK_OUT) this.road.linkTimer(this.now, 'out');
      else if (kind === SERVER) this.#serverTimer();
      else if (kind === PARTY) this.#partyTimer(index);
      else if (kind === BOX) this.#boxTimer(index);
      else this.#cpuTimer();
    }
    this.now = Math.max(this.now, until);
    return Math.max(0, left);
  }

  // ---- the Internet --------------------------------------------------------------------------------------------------

  /** How many SYNs beyond the first. */
  #emit(index: number): number {
    const emitter = this.#emitters[index]!;
    let more = -1;
    do {
      more++;
      const seg = this.#pool.take();
      if (emitter.emit(seg)) this.#atEdge(seg, index);
      else this.#pool.give(seg);
      // SYNs of one moment, as in a burst, need no event each.
    } while (emitter.next <= this.now && more < MOST_AT_ONCE);
    if (emitter.next < Infinity) this.#queue.push(emitter.next, index * KINDS + EMIT);
    return more;
  }

  #fromParty(seg: Segment): void {
    keepPayload(seg);
    const way = this.#space.partyAt(seg.src)?.delayOf(seg.src) ?? 0;
    if (seg.dst === this.#server.address) this.#launch(seg, TO_EDGE, way);
    else this.#toParty(seg, way);
  }

  /** To whoever lives at its destination, `way` after now at the core of the network. */
  #toParty(seg: Segment, way: Nanos): void {
    const party = this.#space.partyAt(seg.dst);
    // Most forged addresses belong to nobody: that segment need not fly.
    if (party === null || party.ownerOf?.(seg.dst) === 'silent') {
      this.undelivered++;
      this.#pool.give(seg);
      return;
    }
    this.#launch(seg, this.#parties.indexOf(party), way + party.delayOf(seg.dst));
  }

  #launch(seg: Segment, goal: number, way: Nanos): void {
    const flight = this.#spareFlights.pop() ?? this.#flights.length;
    this.#flights[flight] = seg;
    this.#goals[flight] = goal;
    this.#queue.push(this.now + way, flight * KINDS + FLIGHT);
  }

  #land(flight: number): void {
    const seg = this.#flights[flight]!;
    const goal = this.#goals[flight]!;
    this.#flights[flight] = null;
    this.#spareFlights.push(flight);
    if (goal === TO_EDGE) return this.#atEdge(seg, -1);
    this.hash.add(this.now, LANDED, seg);
    this.#parties[goal]!.receive(this.now, seg);
    this.#pool.give(seg);
    this.#armParty(goal);
  }

  #partyTimer(index: number): void {
    if (this.#partyAt[index] !== this.now) return;
    this.#partyAt[index] = Infinity;
    this.#parties[index]!.onTimer(this.now);
    this.#armParty(index);
  }

  #armParty(index: number): void {
    const next = Math.max(this.#parties[index]!.nextTimer(), this.now);
    if (next === Infinity || next >= this.#partyAt[index]!) return;
    this.#partyAt[index] = next;
    this.#queue.push(next, index * KINDS + PARTY);
  }

  // ---- the road ------------------------------------------------------------------------------------------------------

  #atEdge(seg: Segment, tag: number): void {
    this.#watch.atEdge(this.now, seg, tag);
    if (this.#taps.length > 0) this.#tap('edge', seg, 'passed');
    this.road.enter(this.now, seg, tag);
  }

  #toNet(seg: Segment): void {
    this.#watch.out(this.now, seg);
    if (this.#taps.length > 0) this.#tap('edge', seg, 'passed');
    this.#toParty(seg, 0);
  }

  #died(seg: Readonly<Segment>, tag: number, why: Passage): void {
    this.hash.add(this.now, DIED[why], seg);
    if (this.#taps.length > 0) this.#tap('edge', seg, why);
    this.#watch.died(this.now, seg, tag, why);
  }

  #boxTimer(index: number): void {
    if (this.#boxAt[index] !== this.now) return;
    this.#boxAt[index] = Infinity;
    this.road.boxTimer(this.now, index);
  }

  #armBox(index: number, at: Nanos): void {
    const next = Math.max(at, this.now);
    if (next >= this.#boxAt[index]!) return;
    this.#boxAt[index] = next;
    this.#queue.push(next, index * KINDS + BOX);
  }

  // ---- the server ----------------------------------------------------------------------------------------------------

  #atServer(seg: Segment, tag: number): void {
    const cpu = this.#cpu;
    if (cpu === null) return this.#serve(seg, tag);
    const turn = cpu.offer(this.now, seg, tag);
    if (turn === 'now') return this.#serve(seg, tag);
    if (turn === 'drop') {
      this.#died(seg, tag, 'cpu');
      this.#pool.give(seg);
    }
    this.#armCpu(cpu);
  }

  /** A box near the server answers what the server is just saying: that has its turn when the server is done. */
  #serve(seg: Segment, tag: number): void {
    if (this.#busy) {
      this.#behind.push({ seg, tag });
      return;
    }
    this.#busy = true;
    this.#serveNow(seg, tag);
    this.#catchUp();
  }

  #catchUp(): void {
    for (let next = this.#behind.shift(); next !== undefined; next = this.#behind.shift()) {
      this.#serveNow(next.seg, next.tag);
    }
    this.#busy = false;
  }

  #serveNow(seg: Segment, tag: number): void {
    this.hash.add(this.now, SERVED, seg);
    if (this.#taps.length > 0) this.#tap('server', seg, 'passed');
    const server = this.#server;
    const before = server.cpu;
    this.#sender = seg.src;
    this.#senderPort = seg.sport;
    this.#answered = false;
    this.#watch.serving(this.now, seg);
    server.receive(this.now, seg);
    this.#watch.served(this.now, seg, tag, this.#answered);
    this.#sender = -1;
    this.#pool.give(seg);
    if (this.#cpu !== null) this.#cpu.spend(this.now, server.cpu - before);
    this.#armServer();
  }

  #fromServer(seg: Segment): void {
    keepPayload(seg);
    this.hash.add(this.now, LEFT, seg);
    if ((seg.flags & (SYN | ACK)) === (SYN | ACK)) {
      this.#server.paySynAck();
      if (seg.dst === this.#sender && seg.dport === this.#senderPort) this.#answered = true;
    }
    if (this.#taps.length > 0) this.#tap('server', seg, 'passed');
    this.#watch.left(this.now, seg);
    this.road.leave(this.now, seg);
  }

  #serverTimer(): void {
    if (this.#serverAt !== this.now) return;
    this.#serverAt = Infinity;
    this.#busy = true;
    this.#server.onTimer(this.now);
    this.#watch.ticked(this.now);
    this.#catchUp();
    this.#armServer();
  }

  #armServer(): void {
    const next = Math.max(this.#server.nextTimer(), this.now);
    if (next === Infinity || next >= this.#serverAt) return;
    this.#serverAt = next;
    this.#queue.push(next, SERVER);
  }

  #cpuTimer(): void {
    const cpu = this.#cpu;
    if (cpu === null || this.#cpuAt !== this.now) return;
    this.#cpuAt = Infinity;
    const seg = cpu.take(this.now);
    if (seg !== null) this.#serve(seg, cpu.tag);
    this.#armCpu(cpu);
  }

  #armCpu(cpu: Cpu): void {
    const next = Math.max(cpu.next(), this.now);
    if (next === Infinity || next >= this.#cpuAt) return;
    this.#cpuAt = next;
    this.#queue.push(next, CPU);
  }

  #tap(place: TapPlace, seg: Readonly<Segment>, passage: Passage): void {
    for (const tap of this.#taps) if (tap.place === place) tap.packet(this.now, seg, passage);
  }
}

/** Kinds of events, in the low bits of the queue's value; the rest is an index. */
const FLIGHT = 0;
const EMIT = 1;
const PARTY = 2;
const BOX = 3;
const SERVER = 4;
const LINK_IN = 5;
const LINK_OUT = 6;
const CPU = 7;
const KINDS = 8;

/** SYNs of one event: a burst of millions shall not make who waits for its end wait for seconds. */
const MOST_AT_ONCE = 65_536;

/** Goal of a flight to the victim's edge. */
const TO_EDGE = -1;

/** Places in the hash. */
const SERVED = 1;
const LEFT = 2;
const LANDED = 3;
const DIED: Readonly<Record<Passage, number>> = { passed: 0, box: 4, overflow: 5, lost: 6, cpu: 7 };
