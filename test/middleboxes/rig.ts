/**
 * A road with one box on it: real engines as client and server, virtual time, a hop of 20 ms between client and box and of
 * 1 ms between box and server. Every call of the box is audited: what it swallows is counted once, what it sends goes to
 * the right side, and what it is lent stays as it was.
 */

import { EventQueue } from '../../src/sim/event-queue.ts';
import { type BoxDeps, type BoxKind, type BoxParams, makeBox } from '../../src/sim/middlebox/box-kind.ts';
import type { BoxPort, Middlebox } from '../../src/sim/middlebox/types.ts';
import { type Rng, stream } from '../../src/sim/rng.ts';
import { RFC9293, type TcpConfig } from '../../src/tcp/config.ts';
import type { Connection } from '../../src/tcp/connection.ts';
import type { ListenOptions } from '../../src/tcp/listen-options.ts';
import { TcpStack } from '../../src/tcp/stack.ts';
import { MS, type Nanos, SEC, type Tx } from '../../src/tcp/types.ts';
import { copySegment, RST, Segment, SYN } from '../../src/wire/segment.ts';

export const CLIENT = 0xc6336407; // 198.51.100.7
export const SERVER = 0xcb007150; // 203.0.113.80
export const PORT = 80;

const SECRET: Uint32Array = Uint32Array.of(0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210);

export function deps(seed = 1): BoxDeps {
  const rng = stream(seed, 'box');
  return { secret: SECRET, below: (n) => rng.below(n) };
}

type Hop = 'client-box' | 'box-server' | 'server-box' | 'box-client';

interface Flight {
  readonly hop: Hop;
  readonly seg: Segment;
}

export interface RigOptions {
  readonly config?: TcpConfig;
  readonly listen?: ListenOptions;
  /** Handles; IPv4 when left out. */
  readonly addresses?: { readonly client: number; readonly server: number };
  /** The n-th flight (from 0) over any hop is lost. */
  readonly lose?: number;
  /** Loses 8 % of the flights, doubles 4 %, and delays one in eight by up to 80 ms. */
  readonly weather?: Rng | null;
  /** Answers for every address but the client's: a live host that was not asked, or null for silence. */
  readonly stranger?: ((seg: Readonly<Segment>) => Segment | null) | null;
}

const DELAY: Readonly<Record<Hop, Nanos>> = {
  'client-box': 20 * MS,
  'box-client': 20 * MS,
  'box-server': 1 * MS,
  'server-box': 1 * MS,
};

export class Rig {
  now: Nanos = 0;
  readonly box: Middlebox;
  readonly clientAddress: number;
  readonly serverAddress: number;
  readonly client: TcpStack;
  readonly server: TcpStack;
  /** Every flight: when it left, where, and what. */
  readonly log: string[] = [];
  sent = 0;
  /** What reached the server with SYN alone, and what strangers got. */
  serverSyns = 0;
  backscatter = 0;
  readonly #accepted = new Map<number, Connection>();
  readonly #queue = new EventQueue();
  /** By order of departure. */
  readonly #flights = new Map<number, Flight>();
  readonly #lose: number;
  readonly #weather: Rng | null;
  readonly #stranger: ((seg: Readonly<Segment>) => Segment | null) | null;
  readonly clientTx: Tx = this.#tx('client-box');
  readonly serverTx: Tx = this.#tx('server-box');
  readonly port: BoxPort = {
    alloc: () => new Segment(),
    toServer: (seg) => this.#fly('box-server', seg),
    toNet: (seg) => this.#fly('box-client', seg),
  };

  constructor(box: Middlebox, options: RigOptions = {}) {
    const { config = RFC9293, listen = { backlog: 128 }, lose = -1, stranger = null, weather = null } = options;
    this.#weather = weather;
    const { client, server } = options.addresses ?? { client: CLIENT, server: SERVER };
    this.clientAddress = client;
    this.serverAddress = server;
    this.box = new Audited(box, server);
    this.#lose = lose;
    this.#stranger = stranger;
    this.client = new TcpStack({ addresses: [client], config, secret: Uint32Array.of(1, 2, 3, 4) });
    this.server = new TcpStack({ addresses: [server], config, secret: Uint32Array.of(5, 6, 7, 8) });
    this.server.listen(PORT, listen);
  }

  /** Puts a segment on the road towards the box, as somebody out there would. */
  inject(seg: Segment): void {
    this.#fly('client-box', seg);
  }

  /** Half-open entries at the server. */
  get halfOpen(): number {
    return this.server.listener(PORT)?.synQueue.length ?? 0;
  }

  /** The server's connection with the client's port, once the server's application has taken it. */
  accepted(port: number): Connection | undefined {
    const listener = this.server.listener(PORT);
    for (let c = listener?.accept(); c !== undefined; c = listener?.accept()) {
      if (c.tcb.remote === this.clientAddress) this.#accepted.set(c.tcb.remotePort, c);
    }
    return this.#accepted.get(port);
  }

  /** Until nothing happens any more, or `until`; `each` after every event. Returns whether it ended by itself. */
  run(until: Nanos, each: () => void = () => undefined): boolean {
    for (let events = 0; events < 200_000; events++) {
      const landing = this.#queue.peek();
      const at = Math.min(landing, this.client.nextTimer(), this.server.nextTimer(), this.box.nextTimer());
      if (at === Infinity) return true;
      if (at > until) {
        this.now = until;
        return false;
      }
      if (at < this.now) throw new Error(`time went backwards: ${at} < ${this.now}`);
      this.now = at;
      if (landing === at) this.#land();
      else if (this.box.nextTimer() === at) this.box.onTimer(at, this.port);
      else if (this.client.nextTimer() === at) this.client.onTimer(at, this.clientTx);
      else this.server.onTimer(at, this.serverTx);
      each();
    }
    throw new Error('livelock');
  }

  #land(): void {
    this.#queue.pop();
    const flight = this.#flights.get(this.#queue.event);
    if (flight === undefined) throw new Error('an event without a flight');
    this.#flights.delete(this.#queue.event);
    const { hop, seg } = flight;
    if (hop === 'client-box') {
      if (this.box.fromNet(this.now, seg, this.port)) this.#fly('box-server', seg);
    } else if (hop === 'server-box') {
      if (this.box.fromServer(this.now, seg, this.port)) this.#fly('box-client', seg);
    } else if (hop === 'box-server') {
      if (seg.flags === SYN) this.serverSyns++;
      this.server.onSegment(this.now, seg, this.serverTx);
    } else if (seg.dst === this.clientAddress) this.client.onSegment(this.now, seg, this.clientTx);
    else {
      this.backscatter++;
      const answer = this.#stranger?.(seg) ?? null;
      if (answer !== null) this.#fly('client-box', answer);
    }
  }

  #tx(hop: Hop): Tx {
    return { alloc: () => new Segment(), send: (seg) => this.#fly(hop, seg) };
  }

  #fly(hop: Hop, seg: Readonly<Segment>): void {
    const order = this.sent++;
    this.log.push(`${this.now} ${hop} ${seg.flags} ${seg.seq} ${seg.ack} ${seg.len} ${seg.wnd}`);
    if (order === this.#lose || this.#weather?.chance(0.08) === true) return;
    if (this.#weather?.chance(0.04) === true) this.#fly(hop, seg);
    const late = this.#weather?.chance(0.125) === true ? this.#weather.below(80 * MS) : 0;
    const own = new Segment();
    copySegment(seg, own);
    own.payload = seg.payload.slice(seg.payloadOff, seg.payloadOff + seg.len);
    own.payloadOff = 0;
    this.#flights.set(order, { hop, seg: own });
    this.#queue.push(this.now + DELAY[hop] + late, order);
  }
}

/** A box under watch. */
export class Audited implements Middlebox {
  readonly #box: Middlebox;
  readonly #port: CheckedPort;
  /** Counters of segments that went no further as they were. */
  readonly #endings: readonly string[];
  readonly #copy = new Segment();

  constructor(box: Middlebox, server: number = SERVER) {
    this.#box = box;
    this.#port = new CheckedPort(server);
    this.#endings = endings(box.counters);
  }

  get name(): string {
    return this.#box.name;
  }

  get entries(): number {
    return this.#box.entries;
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#box.counters;
  }

  fromNet(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    return this.#call(now, seg, out, true);
  }

  fromServer(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    return this.#call(now, seg, out, false);
  }

  onTimer(now: Nanos, out: BoxPort): void {
    const seen = this.counters.seen;
    this.#box.onTimer(now, this.#port.on(out));
    if (this.#box.nextTimer() <= now) throw new Error(`${this.name}: still due after onTimer at ${now}`);
    if (this.counters.seen !== seen) throw new Error(`${this.name}: a timer is no segment`);
  }

  nextTimer(): Nanos {
    return this.#box.nextTimer();
  }

  #call(now: Nanos, seg: Readonly<Segment>, out: BoxPort, fromNet: boolean): boolean {
    const before = this.#swallowed();
    const { seen } = this.counters;
    const copy = this.#copy;
    copySegment(seg, copy);
    const port = this.#port.on(out);
    const passes = fromNet ? this.#box.fromNet(now, seg, port) : this.#box.fromServer(now, seg, port);
    const counted = this.#swallowed() - before;
    const fault =
      counted !== (passes ? 0 : 1)
        ? `answered ${passes}, counted ${counted}`
        : this.counters.seen !== (seen ?? 0) + 1
          ? 'not seen once'
          : alike(copy, seg)
            ? ''
            : 'a lent segment was changed';
    if (fault !== '') {
      throw new Error(`${this.name}: ${fromNet ? 'from the net' : 'from the server'}, flags ${seg.flags}: ${fault}`);
    }
    return passes;
  }

  #swallowed(): number {
    const { counters } = this.#box;
    let sum = 0;
    for (const name of this.#endings) sum += counters[name] ?? 0;
    return sum;
  }
}

/** What a box could spoil of a lent segment. */
function alike(a: Readonly<Segment>, b: Readonly<Segment>): boolean {
  return (
    a.src === b.src &&
    a.sport === b.sport &&
    a.dst === b.dst &&
    a.dport === b.dport &&
    a.seq === b.seq &&
    a.ack === b.ack &&
    a.flags === b.flags &&
    a.wnd === b.wnd &&
    a.len === b.len &&
    a.mss === b.mss &&
    a.ws === b.ws &&
    a.sackPerm === b.sackPerm &&
    a.tsVal === b.tsVal &&
    a.tsEcr === b.tsEcr &&
    a.sackCount === b.sackCount &&
    a.sack.every((edge, i) => edge === b.sack[i] || i >= 2 * a.sackCount)
  );
}

function endings(counters: Readonly<Record<string, number>>): readonly string[] {
  return Object.keys(counters).filter((name) => /(Dropped|Absorbed|Translated)$/.test(name));
}

/** How many segments went no further as they were. */
export function swallowed(counters: Readonly<Record<string, number>>): number {
  return endings(counters).reduce((sum, name) => sum + (counters[name] ?? 0), 0);
}

/** Before the first call. */
const NOWHERE: BoxPort = { alloc: () => new Segment(), toServer: () => undefined, toNet: () => undefined };

/** A port that throws at what goes to the wrong side. */
class CheckedPort implements BoxPort {
  readonly #server: number;
  #out: BoxPort = NOWHERE;

  constructor(server: number) {
    this.#server = server;
  }

  on(out: BoxPort): this {
    this.#out = out;
    return this;
  }

  alloc(): Segment {
    return this.#out.alloc();
  }

  toServer(seg: Segment): void {
    if (seg.dst !== this.#server || seg.src === this.#server) throw new Error(`to the server: ${seg.src} > ${seg.dst}`);
    this.#out.toServer(seg);
  }

  toNet(seg: Segment): void {
    if (seg.src !== this.#server || seg.dst === this.#server) throw new Error(`to the net: ${seg.src} > ${seg.dst}`);
    this.#out.toNet(seg);
  }
}

/** A client that asks for `response` bytes with `request` bytes, over one connection, and a server that answers. */
export class Exchange {
  readonly rig: Rig;
  readonly request: Uint8Array = pattern(3_000, 7);
  readonly response: Uint8Array = pattern(8_000, 11);
  readonly atServer: number[] = [];
  readonly atClient: number[] = [];
  clientEnd = '';
  serverEnd = '';
  establishedAt: Nanos = -1;
  client: Connection;
  server: Connection | undefined;
  #asked = 0;
  #answered = 0;
  readonly #scratch = new Uint8Array(8192);

  constructor(rig: Rig) {
    this.rig = rig;
    this.client = rig.client.connect(rig.now, rig.serverAddress, PORT, rig.clientTx);
  }

  /** Both ends closed in order and every byte arrived. */
  get complete(): boolean {
    return (
      this.clientEnd === 'closed' &&
      this.serverEnd === 'closed' &&
      same(this.atServer, this.request) &&
      same(this.atClient, this.response)
    );
  }

  /** A byte arrived that was not sent there. */
  get damaged(): boolean {
    return !begins(this.atServer, this.request) || !begins(this.atClient, this.response);
  }

  turn = (): void => {
    const { rig, client } = this;
    for (let e = client.pollEvent(); e !== undefined; e = client.pollEvent()) {
      if (e.type === 'established' && this.establishedAt < 0) this.establishedAt = rig.now;
      if (e.type === 'closed') this.clientEnd = e.reason;
    }
    this.server ??= rig.accepted(client.tcb.localPort);
    if (client.state !== 'SYN-SENT' && client.state !== 'CLOSED') {
      this.#read(client, this.atClient, true);
      if (this.#asked < this.request.length) {
        this.#asked += client.send(rig.now, this.request.subarray(this.#asked), rig.clientTx);
      }
      if (this.atClient.length === this.response.length) client.close(rig.now, rig.clientTx);
    }
    const { server } = this;
    if (server === undefined) return;
    for (let e = server.pollEvent(); e !== undefined; e = server.pollEvent()) {
      if (e.type === 'closed') this.serverEnd = e.reason;
      if (e.type === 'peer-closed') server.close(rig.now, rig.serverTx);
    }
    if (server.state === 'CLOSED') return;
    this.#read(server, this.atServer, false);
    if (this.atServer.length < this.request.length) return;
    if (this.#answered < this.response.length) {
      this.#answered += server.send(rig.now, this.response.subarray(this.#answered), rig.serverTx);
    }
  };

  #read(c: Connection, into: number[], atClient: boolean): void {
    const tx = atClient ? this.rig.clientTx : this.rig.serverTx;
    for (let n = c.read(this.rig.now, this.#scratch, tx); n > 0; n = c.read(this.rig.now, this.#scratch, tx)) {
      for (let i = 0; i < n; i++) into.push(this.#scratch[i]!);
    }
  }
}

function pattern(length: number, step: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * step + (i >>> 8)) & 0xff);
}

function begins(got: readonly number[], sent: Uint8Array): boolean {
  return got.length <= sent.length && got.every((byte, i) => byte === sent[i]);
}

function same(a: readonly number[], b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function synFrom(src: number, sport: number, seq: number): Segment {
  const s = new Segment();
  s.src = src;
  s.sport = sport;
  s.dst = SERVER;
  s.dport = PORT;
  s.seq = seq >>> 0;
  s.flags = SYN;
  s.wnd = 64240;
  s.mss = 1460;
  return s;
}

/** What a live host says to a segment for a connection it does not know (RFC 9293 §3.10.7.1, with ACK). */
export function liveHost(seg: Readonly<Segment>): Segment | null {
  if ((seg.flags & RST) !== 0) return null;
  const s = new Segment();
  s.src = seg.dst;
  s.sport = seg.dport;
  s.dst = seg.src;
  s.dport = seg.sport;
  s.seq = seg.ack;
  s.flags = RST;
  return s;
}

export interface Variant {
  readonly title: string;
  readonly kind: BoxKind;
  readonly params: BoxParams;
  /** Entries after a flood of new sources, as it says of itself: the bound of its tables, or what its rule leaves. */
  readonly flooded: number;
}

export function boxOf(v: Variant, seed = 1): Middlebox {
  return makeBox(v.kind, v.params, deps(seed));
}

export const LONG: Nanos = 600 * SEC;
