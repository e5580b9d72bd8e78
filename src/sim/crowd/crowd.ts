/**
 * A group of people who want to use the server: they arrive one after the other, each with an address, a distance and an
 * operating system of its own, connect, ask, wait for the answer and leave, or stay and ask again. All of them are
 * connections of one engine that owns the whole group's addresses.
 */
import type { Connection } from '../../tcp/connection.ts';
import { TcpStack } from '../../tcp/stack.ts';
import type { Nanos, Tx } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';
import { END } from '../arena/server-app.ts';
import type { Party } from '../arena/types.ts';
import { type Arrivals, arrivalsOf } from '../arrivals.ts';
import { EventQueue } from '../event-queue.ts';
import type { ClientOs, ClientsSpec } from '../flood-model.ts';
import type { Census, ClientAttempt } from '../measure/census.ts';
import { type Rng, stream } from '../rng.ts';
import { Attempts, type Failure } from './attempts.ts';
import { CLIENT_OS } from './client-os.ts';
import { drawDuration } from './distribution.ts';
import { synsSent } from './syns-sent.ts';

/** A client with an open attempt or connection. */
interface Client {
  readonly attempt: number;
  readonly connection: Connection;
  /** Its entry in the census, if one is kept. */
  readonly entry: ClientAttempt | null;
  /** Its handshake is not complete. */
  opening: boolean;
  /** Requests sent and not yet answered. */
  waiting: boolean;
  /** Number of its alarm, -1 = none: it has one at a time, for its patience or for its next request. */
  alarm: number;
}

export class Crowd implements Party {
  readonly spec: ClientsSpec;
  readonly attempts: Attempts = new Attempts();
  readonly stack: TcpStack;
  /** Sum of connect times since it was last read, for the series. */
  recentConnectTime: Nanos = 0;

  readonly #first: number;
  /** Who come in turn, each from an address of its own. */
  readonly #people: number;
  readonly #server: number;
  readonly #tx: Tx;
  readonly #rng: Rng;
  readonly #arrivals: Arrivals;
  readonly #news: Connection[];
  /**
   * By their connections' tags. No Map: V8's leave a chain of old tables behind as entries come and go, and whatever stood
   * in one of them survives with it.
   */
  readonly #clients: (Client | null)[] = [];
  readonly #spareTags: number[] = [];
  readonly #alarms = new EventQueue(64);
  /** Who has set it; null = nobody any more, but the number is in use until its time has come. */
  readonly #alarmed: (Client | null)[] = [];
  readonly #spareAlarms: number[] = [];
  /** One-way delay by address, counted from the first. */
  #delays = new Float64Array(64);
  readonly #oses: readonly ClientOs[];
  /** Operating system by address, as an index of `#oses`; only where people come back. */
  readonly #habits: Uint8Array;
  readonly #osUpTo: readonly number[];
  readonly #request: Uint8Array;
  readonly #buffer = new Uint8Array(4096);
  readonly #census: Census | null;

  /** `first .. last`: the addresses of the group; `server`: whom they want; `seed` of the run. */
  constructor(
    spec: ClientsSpec,
    first: number,
    last: number,
    server: number,
    seed: number,
    tx: Tx,
    census: Census | null = null,
  ) {
    this.spec = spec;
    this.#census = census;
    this.#first = first;
    this.#people = spec.people > 0 ? Math.min(spec.people, last - first + 1) : last - first + 1;
    this.#habits = new Uint8Array(spec.people > 0 ? this.#people : 0);
    this.#server = server;
    this.#tx = tx;
    const random = (what: string): Rng => stream(seed, `clients/${spec.name}/${what}`);
    this.#rng = random('people');
    this.#arrivals = arrivalsOf(spec.arrivals, random('arrivals'));
    const secrets = random('secret');
    this.stack = new TcpStack({
      addresses: [first],
      owns: (address) => address >= first && address <= last,
      config: CLIENT_OS.linux.config,
      timeWait: 'rows',
      secret: Uint32Array.from({ length: 4 }, () => secrets.uint32()),
    });
    this.#news = this.stack.listNews();
    const shares = Object.entries(spec.os) as [ClientOs, number][]; // keys of the type's own record
    const total = shares.reduce((sum, [, share]) => sum + share, 0);
    this.#oses = shares.length > 0 ? shares.map(([os]) => os) : ['linux'];
    this.#osUpTo = shares.map((_, i) => shares.slice(0, i + 1).reduce((sum, [, share]) => sum + share, 0) / total);
    this.#request = new Uint8Array(Math.max(1, spec.request)).fill(FILLER);
    this.#request[this.#request.length - 1] = END;
  }

  receive(now: Nanos, seg: Readonly<Segment>): void {
    this.stack.onSegment(now, seg, this.#tx);
    this.#hear(now);
  }

  onTimer(now: Nanos): void {
    for (; this.#arrivals.next <= now; this.#arrivals.advance()) this.#arrive(now);
    if (this.stack.nextTimer() <= now) this.stack.onTimer(now, this.#tx);
    while (this.#alarms.peek() <= now) {
      this.#alarms.pop();
      this.#ring(now, this.#alarms.event);
    }
    this.#hear(now);
  }

  nextTimer(): Nanos {
    return Math.min(this.#arrivals.next, this.stack.nextTimer(), this.#alarms.peek());
  }

  delayOf(address: number): Nanos {
    return this.#delays[address - this.#first] ?? 0;
  }

  /** Those who wait for their handshake now: remote address and port as the server sees them. */
  *opening(): Generator<readonly [address: number, port: number]> {
    for (const client of this.#clients) {
      if (client?.opening) yield [client.connection.tcb.local, client.connection.tcb.localPort];
    }
  }

  #arrive(now: Nanos): void {
    const { spec } = this;
    const attempt = this.attempts.begin(now);
    const size = this.#people;
    const place = attempt % size;
    // Drawn in one order whatever the settings, so that a change of one moves no other number.
    const dice = this.#rng.unit();
    const rtt = drawDuration(spec.rtt, attempt, this.#rng);
    const os = this.#settle(attempt, place, Math.floor(rtt / 2), this.#pickOs(dice));
    const profile = CLIENT_OS[this.#oses[os] ?? 'linux'];
    const connection = this.stack.connect(now, this.#server, spec.port, this.#tx, {
      local: this.#first + place,
      // An address that comes round again takes its next port, so no 4-tuple does for a very long time.
      localPort: FIRST_PORT + (Math.floor(attempt / size) % PORTS),
      config: profile.config,
      ...(spec.fastOpen && { fastOpen: 'cookie', ...(spec.request > 0 && { data: this.#request }) }),
    });
    const entry = this.#census?.begin(connection.tcb) ?? null;
    const client: Client = { attempt, connection, entry, opening: true, waiting: true, alarm: -1 };
    connection.tag = this.#spareTags.pop() ?? this.#clients.length;
    this.#clients[connection.tag] = client;
    const patience = Math.min(spec.patience, profile.giveUp);
    if (patience < Infinity) this.#setAlarm(now + patience, client);
  }

  #hear(now: Nanos): void {
    this.stack.catchUp(); // what was closed or aborted since stands on the list only now
    const news = this.#news;
    for (let c = news.pop(); c !== undefined; c = news.pop()) {
      c.listed = false;
      const client = c.tag < 0 ? null : this.#clients[c.tag];
      if (client) this.#listen(now, client);
      else while (c.pollEvent() !== undefined); // nobody cares any more
    }
  }

  #listen(now: Nanos, client: Client): void {
    const { connection } = client;
    for (let event = connection.pollEvent(); event !== undefined; event = connection.pollEvent()) {
      if (event.type === 'established') this.#established(now, client);
      else if (event.type === 'readable') this.#read(now, client);
      else if (event.type === 'peer-closed') connection.close(now, this.#tx);
      else if (event.type === 'closed') this.#over(client, event.reason);
    }
  }

  #established(now: Nanos, client: Client): void {
    const { spec } = this;
    client.opening = false;
    client.entry?.connected(now);
    const { tcb } = client.connection;
    if ((tcb.config.windowScale >= 0 && !tcb.scaleOk) || (tcb.config.sack && !tcb.sackOk)) this.attempts.optionsLost++;
    this.recentConnectTime += this.attempts.connected(client.attempt, now, synsSent(tcb));
    if (spec.fastOpen && spec.request > 0) return; // it has been with the connection from the start
    if (spec.request > 0) client.connection.send(now, this.#request, this.#tx);
    else this.#answered(now, client);
  }

  #read(now: Nanos, client: Client): void {
    const { connection } = client;
    let last = -1;
    while (connection.readable > 0) last = this.#buffer[connection.read(now, this.#buffer, this.#tx) - 1]!;
    if (last === END && client.waiting) this.#answered(now, client);
  }

  #answered(now: Nanos, client: Client): void {
    const { spec } = this;
    client.waiting = false;
    this.#unsetAlarm(client);
    this.attempts.served(client.attempt, now);
    if (spec.after === 'stay' && spec.request > 0) this.#setAlarm(now + spec.think, client);
    else client.connection.close(now, this.#tx);
  }

  #over(client: Client, reason: string): void {
    this.#forget(client);
    this.#unsetAlarm(client);
    if (!client.waiting) return;
    this.#failed(client, KNOWN_FAILURES.has(reason) ? (reason as Failure) : 'closed');
  }

  #ring(now: Nanos, number: number): void {
    const client = this.#alarmed[number];
    this.#alarmed[number] = null;
    this.#spareAlarms.push(number);
    if (!client) return;
    client.alarm = -1;
    if (!client.waiting) return this.#ask(now, client);
    // Not by the connection's state: the engine gives up at this same moment, and may have been first.
    this.#failed(client, client.opening && this.spec.patience === Infinity ? 'timeout' : 'patience');
    this.#forget(client);
    client.connection.abort(now, this.#tx);
  }

  #failed(client: Client, why: Failure): void {
    this.attempts.failed(client.attempt, why);
    client.entry?.failed(why);
  }

  #forget({ connection }: Client): void {
    this.#clients[connection.tag] = null;
    this.#spareTags.push(connection.tag);
    connection.tag = -1;
  }

  /** One who stayed has thought and wants more. */
  #ask(now: Nanos, client: Client): void {
    client.waiting = true;
    client.connection.send(now, this.#request, this.#tx);
    if (this.spec.patience < Infinity) this.#setAlarm(now + this.spec.patience, client);
  }

  #setAlarm(at: Nanos, client: Client): void {
    const number = this.#spareAlarms.pop() ?? this.#alarmed.length;
    this.#alarmed[number] = client;
    client.alarm = number;
    this.#alarms.push(at, number);
  }

  /** What was served need not be held in memory until its patience would have ended. */
  #unsetAlarm(client: Client): void {
    if (client.alarm >= 0) this.#alarmed[client.alarm] = null;
    client.alarm = -1;
  }

  /** Where somebody lives and what system they have; who comes back has both still. The system, as an index of `#oses`. */
  #settle(attempt: number, place: number, delay: Nanos, os: number): number {
    if (this.#habits.length > 0 && attempt >= this.#people) return this.#habits[place]!;
    this.#setDelay(place, delay);
    if (this.#habits.length > 0) this.#habits[place] = os;
    return os;
  }

  #setDelay(place: number, delay: Nanos): void {
    if (place >= this.#delays.length) {
      const delays = new Float64Array(2 * Math.max(place, this.#delays.length));
      delays.set(this.#delays);
      this.#delays = delays;
    }
    this.#delays[place] = delay;
  }

  #pickOs(dice: number): number {
    const i = this.#osUpTo.findIndex((upTo) => dice < upTo);
    return i < 0 ? this.#oses.length - 1 : i;
  }
}

const FILLER = 0x2e;
/** RFC 6335 §6: the dynamic ports. */
const FIRST_PORT = 49152;
const PORTS = 16384;
const KNOWN_FAILURES: ReadonlySet<string> = new Set(['timeout', 'reset', 'refused']);
