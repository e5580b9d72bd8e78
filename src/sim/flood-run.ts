/**
 * Runs a flood scenario. The same scenario and seed give the same report, bit for bit, in Node and in a browser, however
 * the run is cut into slices.
 *
 * ```ts
 * const run = new FloodRun(scenario);
 * while (!run.done) run.runTo(run.now + SEC);   // show run.frame() in between
 * console.log(run.report().clients);
 * ```
 */

import { HalfOpen } from '../tcp/half-open.ts';
import type { Nanos } from '../tcp/types.ts';
import { formatIpv4 } from '../wire/ipv4-text.ts';
import { AddressSpace } from './arena/address-space.ts';
import { Arena } from './arena/arena.ts';
import { Cpu } from './arena/cpu.ts';
import { Pipe } from './arena/pipe.ts';
import { ServerHost } from './arena/server-host.ts';
import { serverProfile } from './arena/server-profile.ts';
import type { FloodTap, Owner } from './arena/types.ts';
import { reportAll } from './crowd/attempts.ts';
import { Crowd } from './crowd/crowd.ts';
import type { FloodFrame, SlotView } from './flood-frame.ts';
import type { FloodScenario } from './flood-model.ts';
import type { FloodReport } from './flood-report.ts';
import { FollowedClient } from './followed/followed-client.ts';
import type { Census } from './measure/census.ts';
import { entryBytes } from './measure/entry-bytes.ts';
import { FloodMeter } from './measure/flood-meter.ts';
import { SlotAges } from './measure/slot-ages.ts';
import { cpuOf } from './middlebox/box-kind.ts';
import { type MadeBoxes, makeBoxes } from './middlebox/make-boxes.ts';
import { parsePrefix } from './prefix.ts';
import { stream } from './rng.ts';
import type { CookieFor } from './traffic/flood-source.ts';
import { FloodTraffic } from './traffic/flood-traffic.ts';
import type { ObservedFlood } from './traffic/observed-syns.ts';

export interface FloodRunOptions {
  /** Instead of the scenario's, 0 .. 2^32 - 1. */
  readonly seed?: number;
  /** Called for each segment at their place; a run without taps makes no bytes. */
  readonly taps?: readonly FloodTap[];
  /** Floods that were seen in a capture, beside those of the scenario. */
  readonly observed?: readonly ObservedFlood[];
  /** `yes`: frames tell how old each entry is, for a little time per SYN. */
  readonly ages?: 'yes' | 'no';
  /** Is told of every handshake; it grows with them. */
  readonly census?: Census;
}

/** Slots a frame lists if nobody asks for more. */
const MOST_SLOTS = 1200;

export class FloodRun {
  readonly scenario: FloodScenario;
  readonly seed: number;
  readonly #arena: Arena;
  readonly #server: ServerHost;
  readonly #space = new AddressSpace();
  readonly #meter: FloodMeter;
  readonly #crowds: readonly Crowd[];
  readonly #followed: FollowedClient | null;
  readonly #traffic: FloodTraffic;
  readonly #half = new HalfOpen();
  readonly #boxes: MadeBoxes;
  #nextSample: Nanos;
  /** `runTo` was told to leave off where it is. */
  #cut = false;

  constructor(scenario: FloodScenario, options: FloodRunOptions = {}) {
    const { access } = scenario;
    this.scenario = scenario;
    this.seed = options.seed ?? scenario.seed;
    const random = (name: string) => stream(this.seed, name);
    const census = options.census ?? null;
    const ages = options.ages === 'yes' ? new SlotAges() : null;
    this.#meter = new FloodMeter(this.#space, scenario.sampleEvery, ages, census);
    const { cost } = scenario.server;
    this.#boxes = makeBoxes(scenario.boxes, this.seed, serverProfile(scenario.server, random('server')).config);
    this.#arena = new Arena({
      space: this.#space,
      boxes: this.#boxes.boxes,
      upstream: this.#boxes.upstream,
      inbound: new Pipe(access, random('access/in')),
      outbound: new Pipe(access, random('access/out')),
      cpu: cost.limits ? new Cpu(cost.queue) : null,
      watch: this.#meter,
      taps: options.taps ?? [],
    });
    const { partyTx, serverTx } = this.#arena;
    const address = parsePrefix(scenario.server.address, 'server').first;
    this.#server = new ServerHost(scenario.server, address, random('server'), serverTx);
    this.#space.add({ first: address, last: address, owner: 'server', party: null });
    this.#followed = this.#follow(census);
    const groups = scenario.clients.map((spec) => {
      const { first, last } = parsePrefix(spec.from, `clients '${spec.name}'`);
      const crowd = new Crowd(spec, first, last, address, this.seed, partyTx, census);
      this.#space.add({ first, last, owner: 'client', party: crowd });
      return crowd;
    });
    this.#crowds = this.#followed === null ? groups : [...groups, this.#followed.crowd];
    const cookieFor: CookieFor = (port, client, out) => this.#server.fastOpenCookie(port, client, out);
    this.#traffic = new FloodTraffic(scenario, this.seed, partyTx, cookieFor, options.observed);
    for (const range of this.#traffic.ranges) this.#space.add(range);
    this.#meter.watch(this.#server, this.#crowds, this.#followed);
    this.#arena.setServer(this.#server);
    for (const crowd of groups) this.#arena.addParty(crowd);
    if (this.#followed !== null) this.#arena.addParty(this.#followed);
    for (const party of this.#traffic.parties) this.#arena.addParty(party);
    for (const emitter of this.#traffic.emitters) this.#arena.addEmitter(emitter);
    this.#nextSample = scenario.sampleEvery;
  }

  get now(): Nanos {
    return this.#arena.now;
  }

  get done(): boolean {
    return this.now >= this.scenario.until && !this.#cut;
  }

  /** Whose an address is. */
  ownerOf(address: number): Owner {
    return this.#space.ownerOf(address);
  }

  /**
   * Makes everything up to and including `t` happen, and no more than the scenario's `until`. With `most` it leaves off
   * after about so many events, wherever that is: how much happens in a span of time nobody knows beforehand. False: it
   * did.
   */
  runTo(t: Nanos, most: number = Infinity): boolean {
    const goal = Math.min(t, this.scenario.until);
    let left = most;
    while (this.#nextSample <= goal) {
      left = this.#arena.runTo(this.#nextSample, left);
      this.#cut = left < 0;
      if (this.#cut) return false;
      this.#meter.sample(this.now, this.#traffic.flooding(this.now));
      this.#look();
      this.#nextSample += this.scenario.sampleEvery;
    }
    this.#cut = this.#arena.runTo(goal, left) < 0;
    if (this.#cut) return false;
    // What the last sample leaves over is told as well; between samples nobody looks, so that slices change nothing.
    if (this.done) this.#look();
    return true;
  }

  /** Notes the moments that nobody reports when they happen. */
  #look(): void {
    for (const moment of this.#traffic.newMoments()) this.#meter.moment(moment.t, moment.what);
    this.#meter.look(this.#traffic.over(this.now));
  }

  /** What is known by now. */
  report(): FloodReport {
    const { scenario } = this;
    const meter = this.#meter;
    const { inbound, outbound, peaks } = this.#arena.road;
    const listener = this.#server.ports[0]?.listener;
    const hash = this.#arena.hash.hex();
    const synQueue = listener?.synQueue;
    const groups = this.#crowds.map(({ attempts, spec }) => attempts.report(spec.name));
    return {
      scenario: scenario.id,
      title: scenario.title,
      seed: this.seed,
      profile: scenario.server.profile,
      ranTo: this.now,
      stopped: !this.done,
      hash,
      series: meter.series(),
      clients: [
        ...groups,
        reportAll(
          this.#crowds.map(({ attempts }) => attempts),
          groups,
        ),
      ],
      floods: this.#traffic.floodReports(meter.syns, meter.answered),
      botnets: this.#traffic.botnetReports(this.now),
      listeners: this.#server.ports.map(({ listener: l }) => ({
        port: l.port,
        backlog: l.backlog,
        policy: l.policy.name,
        counters: { ...l.counters },
      })),
      boxes: this.#boxes.made.map(({ box, kind }, i) => ({
        name: box.name,
        entries: box.entries,
        peakEntries: peaks[i]!,
        counters: { ...box.counters },
        cpu: cpuOf(kind, box),
      })),
      queue: meter.queue.report(
        this.now,
        synQueue?.capacity ?? 0,
        entryBytes(scenario.server.profile, listener?.policy.name ?? ''),
        synQueue?.bytes ?? 0,
        this.#traffic.over(this.now),
      ),
      road: {
        segmentsIn: meter.segmentsIn,
        segmentsOut: meter.segmentsOut,
        bytesIn: inbound.bytes,
        bytesOut: outbound.bytes,
        lost: inbound.lost + outbound.lost,
        overflow: inbound.overflow + outbound.overflow,
        backscatter: meter.backscatter,
      },
      cpu: {
        busy: this.#server.cpu,
        share: this.now > 0 ? this.#server.cpu / this.now : 0,
        dropped: meter.cpuDropped,
      },
      followed: this.#followed?.recording(recordingHead(scenario), this.seed, hash) ?? null,
      moments: [...meter.moments].sort((a, b) => a.t - b.t),
    };
  }

  /** How it looks now, with the first `most` slots that are in use. */
  frame(most: number = MOST_SLOTS): FloodFrame {
    const { listener } = this.#server.ports[0] ?? {};
    if (listener === undefined) throw new Error('a flood scenario has at least one listening port');
    const { synQueue } = listener;
    const slots: SlotView[] = [];
    for (let row = 0; row < synQueue.rows && slots.length < most; row++) {
      if (!synQueue.occupied(row)) continue;
      synQueue.read(row, this.#half);
      slots.push({
        slot: row,
        owner: this.#space.ownerOf(this.#half.remote),
        remote: formatIpv4(this.#half.remote),
        remotePort: this.#half.remotePort,
        since: this.#meter.slotAges?.since(row) ?? this.#half.synackAt,
        firesAt: synQueue.firesAt(row),
        synAcks: this.#half.timeouts + 1,
      });
    }
    return {
      t: this.now,
      port: listener.port,
      backlog: listener.backlog,
      capacity: synQueue.capacity,
      halfOpen: synQueue.length,
      slots,
      acceptQueue: listener.acceptQueue.length,
      acceptCapacity: listener.acceptQueue.capacity,
      established: this.#server.open,
      counters: { ...listener.counters },
      bots: this.#traffic.views(this.now),
    };
  }

  #follow(census: Census | null): FollowedClient | null {
    const spec = this.scenario.followed;
    if (spec === null) return null;
    const { first } = parsePrefix(spec.address, 'followed');
    const client = new FollowedClient(
      spec,
      first,
      this.#server,
      this.scenario.access.delay,
      this.seed,
      this.#arena.partyTx,
      census,
    );
    this.#space.add({ first, last: first, owner: 'followed', party: client });
    return client;
  }
}

/** Runs the whole scenario. */
export function runFlood(scenario: FloodScenario, options: FloodRunOptions = {}): FloodReport {
  const run = new FloodRun(scenario, options);
  run.runTo(scenario.until);
  return run.report();
}

function recordingHead(scenario: FloodScenario): {
  readonly id: string;
  readonly title: string;
  readonly profile: string;
} {
  return { id: scenario.id, title: scenario.title, profile: scenario.server.profile };
}
