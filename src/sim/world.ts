/**
 * A simulated world: hosts, links between them, and the loop that makes one thing happen after another. What travels is
 * bytes with checksums; each receiver decodes them again, so the engine never sees an object its peer has made.
 */
import { LINUX6, RFC9293 } from '../tcp/config.ts';
import type { Nanos, Tx } from '../tcp/types.ts';
import { AddressTable } from '../wire/address.ts';
import { HalfopenError } from '../wire/error.ts';
import { decodeIp, encodeIpPacket, ipPacketLength, Packet } from '../wire/packet.ts';
import { ACK, resetSegment, Segment, SYN } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import { DecodeStatus, STATUS_NAMES } from '../wire/status.ts';
import { EventQueue } from './event-queue.ts';
import { Host, type HostDeps, payload } from './host.ts';
import { Link } from './link.ts';
import { PathRules } from './path-rules.ts';
import type { Fate, Intervention, StepKind } from './recording.ts';
import { stream } from './rng.ts';
import type { Injection, ProfileName, Scenario, SeqExpr } from './scenario-model.ts';
import { Trace } from './trace.ts';

/** A packet on its way, or at the end of it. */
export interface Transit {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly sentAt: Nanos;
  arrivesAt: Nanos;
  /** When it dies; `Infinity` = it arrives. */
  lostAt: Nanos;
  fate: Fate;
  readonly copyOf: number;
  readonly scripted: boolean;
  readonly bytes: Uint8Array;
}

/** Follows a world event by event. Between `begin` and `end` come the packets sent meanwhile. */
export interface WorldObserver {
  begin(kind: StepKind, host: number, transit: Transit | null, label: string): void;
  sent(transit: Transit, seg: Readonly<Segment>): void;
  end(): void;
}

export interface WorldOptions {
  readonly seed: number;
  readonly interventions: readonly Intervention[];
  readonly observer: WorldObserver;
}

/** Kinds of events, in the low bits of the queue's value; the rest is an index. */
const ARRIVE = 0;
const LOSE = 1;
const TIMER = 2;
const APP = 3;
const INJECT = 4;
const COPY = 5;
const KINDS = 8;

export class World {
  now: Nanos = 0;
  readonly hosts: readonly Host[];
  readonly addresses: AddressTable = new AddressTable();
  readonly trace: Trace = new Trace();
  /** First sequence numbers of the connection under study; -1 while unknown. */
  x = -1;
  y = -1;

  readonly #scenario: Scenario;
  readonly #observer: WorldObserver;
  readonly #interventions: readonly Intervention[];
  readonly #queue = new EventQueue();
  readonly #links: Link[][];
  readonly #rules: PathRules;
  readonly #handles: readonly number[];
  /** Host and action of each scheduled application event. */
  readonly #calls: { readonly host: number; readonly action: number }[] = [];
  readonly #transits: Transit[] = [];
  readonly #packet = new Packet();
  readonly #peek = new Packet();
  readonly #spare: Segment[] = [];
  readonly #sides: readonly [number, number];

  constructor(scenario: Scenario, options: WorldOptions) {
    this.#scenario = scenario;
    this.#observer = options.observer;
    this.#interventions = options.interventions;
    this.#handles = scenario.hosts.map((spec) => this.addresses.parse(spec.address));
    this.#rules = new PathRules(scenario.path);
    const names = scenario.hosts.map((spec) => spec.name);
    this.#links = names.map((from) =>
      names.map((to) => new Link(scenario.link, stream(options.seed, `link/${from}/${to}`))),
    );
    this.#sides = sidesOf(scenario);
    this.hosts = scenario.hosts.map((spec, index) => this.#makeHost(options.seed, index, spec));
    // At one instant servers listen before clients call, in whatever order the file names them.
    for (const host of this.hosts) host.start(true);
    for (const host of this.hosts) host.start(false);
    scenario.inject.forEach((injection, i) => {
      this.#queue.push(injection.at, i * KINDS + INJECT);
    });
  }

  /** Makes the next thing happen; false when nothing is left to happen by `until`. */
  step(until: Nanos): boolean {
    if (this.#queue.peek() > until) return false;
    this.#queue.pop();
    this.now = this.#queue.time;
    const kind = this.#queue.event % KINDS;
    const index = Math.floor(this.#queue.event / KINDS);
    if (kind === ARRIVE) this.#arrive(this.#transits[index]!);
    else if (kind === LOSE) this.#lose(this.#transits[index]!);
    else if (kind === TIMER) this.#timer(index);
    else if (kind === APP) this.#app(index);
    else if (kind === INJECT) this.#inject(this.#scenario.inject[index]!);
    else this.#copy(this.#interventions[index]!);
    return true;
  }

  /** When the next event is due. */
  next(): Nanos {
    return this.#queue.peek();
  }

  #makeHost(seed: number, index: number, spec: Scenario['hosts'][number]): Host {
    const tx: Tx = {
      alloc: () => this.#spare.pop() ?? new Segment(),
      send: (seg) => {
        this.#transmit(index, seg);
        resetSegment(seg);
        this.#spare.push(seg);
      },
    };
    return new Host(spec, {
      seed,
      ...PROFILES[this.#scenario.profile],
      address: this.#handles[index]!,
      addressOf: (host) => this.#handles[host]!,
      tx,
      schedule: (at, action) => {
        this.#calls.push({ host: index, action });
        this.#queue.push(at, (this.#calls.length - 1) * KINDS + APP);
      },
    });
  }

  // ---- events --------------------------------------------------------------------------------------------------------

  #arrive(transit: Transit): void {
    const seg = this.#decode(transit.bytes, this.#packet);
    this.trace.packet(this.now, transit.from, transit.to, seg, 'delivered');
    this.#observer.begin('arrive', transit.to, transit, '');
    this.hosts[transit.to]!.receive(this.now, seg);
    this.#finish(transit.to);
  }

  #lose(transit: Transit): void {
    this.trace.packet(this.now, transit.from, transit.to, this.#decode(transit.bytes, this.#packet), transit.fate);
    this.#observer.begin('lost', transit.from, transit, '');
    this.#observer.end();
  }

  #timer(index: number): void {
    const host = this.hosts[index]!;
    // Timers are not taken out of the queue when they are moved or stopped; an outdated one finds another time noted.
    if (host.timerAt !== this.now) return;
    host.timerAt = Infinity;
    if (host.stack.nextTimer() <= this.now) {
      this.#observer.begin('timer', index, null, '');
      host.expire(this.now);
      this.#observer.end();
    }
    this.#arm(index);
  }

  #app(index: number): void {
    const { host, action } = this.#calls[index]!;
    this.#observer.begin('app', host, null, this.hosts[host]!.spec.actions[action]!.what.do);
    this.hosts[host]!.act(this.now, action);
    this.#finish(host);
  }

  #inject(injection: Injection): void {
    const seg = new Segment();
    seg.src = this.#handles[injection.from]!;
    seg.dst = this.#handles[injection.to]!;
    seg.sport = injection.sport > 0 ? injection.sport : this.portOf(injection.from);
    seg.dport = injection.dport > 0 ? injection.dport : this.portOf(injection.to);
    seg.flags = injection.flags;
    seg.seq = this.#resolve(injection.seq);
    if ((injection.flags & ACK) !== 0) seg.ack = this.#resolve(injection.ack);
    seg.wnd = injection.wnd;
    if (injection.bytes > 0) {
      seg.payload = payload(0, injection.bytes);
      seg.len = injection.bytes;
    }
    const transit = this.#launch(injection.from, injection.to, seg, -1, true);
    this.#observer.begin('inject', injection.from, transit, '');
    this.#observer.sent(transit, seg);
    this.#observer.end();
  }

  /** Somebody duplicated this packet while it was under way. */
  #copy(wish: Intervention): void {
    const original = this.#transits[wish.flight]!;
    const seg = this.#decode(original.bytes, this.#packet);
    const copy = this.#record(original.from, original.to, original.bytes, original.index, original.scripted);
    copy.arrivesAt = original.arrivesAt + Math.max(0, wish.by);
    this.trace.packet(this.now, copy.from, copy.to, seg, 'sent');
    this.#settleFate(copy);
    this.#observer.begin('inject', original.from, copy, 'duplicate');
    this.#observer.sent(copy, seg);
    this.#observer.end();
  }

  #finish(host: number): void {
    this.#arm(host);
    this.#observer.end();
  }

  #arm(index: number): void {
    const host = this.hosts[index]!;
    const next = Math.max(host.stack.nextTimer(), this.now);
    if (next >= host.timerAt || next === Infinity) return;
    host.timerAt = next;
    this.#queue.push(next, index * KINDS + TIMER);
  }

  // ---- packets -------------------------------------------------------------------------------------------------------

  #transmit(from: number, seg: Readonly<Segment>): void {
    const to = this.#handles.indexOf(seg.dst);
    // Only a segment answered to a forged source could have nowhere to go, and scenarios can name no such source.
    if (to < 0) throw new Error(`no host has the address ${this.addresses.format(seg.dst)}`);
    this.#learn(from, seg);
    const transit = this.#launch(from, to, seg, -1, false);
    this.#observer.sent(transit, seg);
    for (const by of [...this.#rules.copies]) {
      const copy = this.#record(from, to, transit.bytes, transit.index, false);
      copy.arrivesAt = transit.arrivesAt + by;
      this.trace.packet(this.now, from, to, seg, 'sent');
      this.#settleFate(copy);
      this.#observer.sent(copy, seg);
    }
  }

  /** Encodes a segment and sends it on its way: scripted rules first, then the link, then what a person did to it. */
  #launch(from: number, to: number, seg: Readonly<Segment>, copyOf: number, scripted: boolean): Transit {
    const bytes = new Uint8Array(ipPacketLength(seg));
    encodeIpPacket(seg, this.addresses, bytes, 0, { ttl: 64, ipId: (this.#transits.length + 1) & 0xffff });
    const transit = this.#record(from, to, bytes, copyOf, scripted);
    this.trace.packet(this.now, from, to, seg, scripted ? 'injected' : 'sent');
    // Injected packets are exempt from the rules but not from the link: the script places them where it wants them.
    const rules = this.#rules;
    if (scripted) rules.copies.length = 0;
    else rules.judge(from, to, seg);
    const link = this.#links[from]![to]!;
    const outcome = link.offer(this.now, bytes.length);
    transit.arrivesAt = link.arrivesAt + (scripted ? 0 : rules.delay);
    const fate = scripted ? '' : rules.fate;
    if (outcome === 'overflow') {
      transit.fate = 'overflow';
      transit.lostAt = this.now;
    } else if (fate !== '') {
      transit.fate = fate;
      transit.lostAt = between(this.now, transit.arrivesAt, rules.where);
    } else if (outcome === 'lost') {
      transit.fate = 'lost';
      transit.lostAt = between(this.now, transit.arrivesAt, 0.5);
    }
    this.#settleFate(transit);
    return transit;
  }

  #record(from: number, to: number, bytes: Uint8Array, copyOf: number, scripted: boolean): Transit {
    const index = this.#transits.length;
    const fresh = { index, from, to, sentAt: this.now, arrivesAt: 0, lostAt: Infinity, copyOf, scripted, bytes };
    const transit: Transit = { ...fresh, fate: 'delivered' };
    this.#transits.push(transit);
    return transit;
  }

  /** Applies what a person did to this flight, then schedules its end. */
  #settleFate(transit: Transit): void {
    for (const [i, wish] of this.#interventions.entries()) {
      if (wish.flight !== transit.index) continue;
      const at = Math.max(wish.at, transit.sentAt);
      if (at > Math.min(transit.arrivesAt, transit.lostAt)) continue; // it was over by then
      if (wish.action === 'drop') {
        transit.fate = 'user';
        transit.lostAt = at;
      } else if (wish.action === 'delay') transit.arrivesAt += Math.max(0, wish.by);
      else this.#queue.push(at, i * KINDS + COPY);
    }
    if (transit.lostAt < Infinity) this.#queue.push(transit.lostAt, transit.index * KINDS + LOSE);
    else this.#queue.push(transit.arrivesAt, transit.index * KINDS + ARRIVE);
  }

  #decode(bytes: Uint8Array, packet: Packet): Readonly<Segment> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const status = decodeIp(bytes, view, 0, bytes.length, this.addresses, packet);
    if (status !== DecodeStatus.Ok || packet.tcpChecksum !== 'ok') {
      throw new Error(`own packet not readable: ${STATUS_NAMES[status]}, checksum ${packet.tcpChecksum}`);
    }
    return packet.seg;
  }

  // ---- numbers -------------------------------------------------------------------------------------------------------

  /** The port a host uses: chosen, else of its first SYN, else the one it listens on; 0 = none yet. */
  portOf(index: number): number {
    const spec = this.#scenario.hosts[index]!;
    if (spec.port > 0) return spec.port;
    const first = this.#transits.find((t) => t.from === index && !t.scripted);
    if (first) return this.#decode(first.bytes, this.#peek).sport;
    const listen = spec.actions.find((a) => a.what.do === 'listen')?.what;
    return listen?.do === 'listen' ? listen.port : 0;
  }

  /** Notes X and Y when they first travel. Y is the answer to X where there is one, not to an old duplicate. */
  #learn(from: number, seg: Readonly<Segment>): void {
    if ((seg.flags & SYN) === 0) return;
    const [a, b] = this.#sides;
    if (from === a && this.x < 0) this.x = seg.seq;
    if (from !== b) return;
    const answersX = (seg.flags & ACK) !== 0 && this.x >= 0 && seg.ack === seqAdd(this.x, 1);
    if (this.y < 0 || (answersX && !this.#answered)) this.y = seg.seq;
    if (answersX) this.#answered = true;
  }
  #answered = false;

  #resolve(expr: SeqExpr): number {
    if (expr.base === '') return expr.plus;
    const [a, b] = this.#sides;
    const known = expr.base === 'X' ? this.x : this.y;
    const planned = this.#scenario.hosts[expr.base === 'X' ? a : b]!.iss[0];
    const base = known >= 0 ? known : planned;
    if (base === undefined) {
      throw new HalfopenError(`${expr.base} is not known yet at ${this.now / 1e9} s: inject later, or fix it with iss`);
    }
    return seqAdd(base, expr.plus);
  }
}

/** Whose numbers X and Y are: the first client and the first server, or simply the first two hosts. */
function sidesOf(scenario: Scenario): readonly [number, number] {
  const client = Math.max(
    0,
    scenario.hosts.findIndex((h) => h.role === 'client'),
  );
  const server = scenario.hosts.findIndex((h, i) => h.role === 'server' && i !== client);
  return [client, server >= 0 ? server : scenario.hosts.findIndex((_, i) => i !== client)];
}

function between(from: Nanos, to: Nanos, fraction: number): Nanos {
  return from + Math.round((to - from) * fraction);
}

/** What Linux does beyond the RFC while it listens (`ListenOptions`). */
const PROFILES: Readonly<Record<ProfileName, Pick<HostDeps, 'config' | 'listening'>>> = {
  'linux-6': { config: LINUX6, listening: { synInWindow: 'reset', dropSynFin: true, pruneWhenHalfFull: true } },
  rfc9293: { config: RFC9293, listening: {} },
};
