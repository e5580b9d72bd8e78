/**
 * Bots, one by one: each registers, polls at memoryless times, keeps the orders it has read, and reports at their end. They
 * share one TCP stack that owns all their addresses; what each does there is its own connection.
 */
import { LINUX6, type TcpConfig } from '../../../tcp/config.ts';
import type { Connection } from '../../../tcp/connection.ts';
import { TcpStack } from '../../../tcp/stack.ts';
import type { Nanos, Tx } from '../../../tcp/types.ts';
import type { Segment } from '../../../wire/segment.ts';
import type { Owner, Party } from '../../arena/types.ts';
import { drawDuration } from '../../crowd/distribution.ts';
import { EventQueue } from '../../event-queue.ts';
import type { BotnetSpec } from '../../flood-model.ts';
import { type Rng, stream } from '../../rng.ts';
import { COMMAND_PORT } from './command-host.ts';
import { HttpReader, requestBytes } from './http-message.ts';
import { holds } from './order-syns.ts';
import { readOrders } from './order-text.ts';
import type { Population } from './population.ts';

export class BotCrowd implements Party {
  /** Bots whose registration was accepted; polls begun, and those that brought no good answer. */
  registered = 0;
  polls = 0;
  pollsFailed = 0;
  /** By order: bots that learnt of it in time, and when the last one did; -1 = none. */
  readonly informed: number[];
  readonly informedBy: Nanos[];
  /** When the first bot learnt of any order; -1 = none has. */
  orderedAt: Nanos = -1;
  /** Reports that were accepted. */
  reported = 0;
  /** Segments from others than the command host: nobody answers them. */
  ignored = 0;
  readonly #spec: BotnetSpec;
  readonly #populations: readonly Population[];
  /** Number of each population's first bot. */
  readonly #firsts: readonly number[];
  readonly #host: number;
  readonly #tx: Tx;
  readonly #stack: TcpStack;
  readonly #news: Connection[];
  readonly #exchanges = new Map<Connection, Exchange>();
  readonly #due = new EventQueue(1024);
  readonly #when: Rng;
  readonly #delays: Float64Array;
  /** By order and bot: when it learnt of it (`Infinity`: not yet), and SYNs it has sent since. */
  readonly #learnt: readonly Float64Array[];
  readonly #sent: readonly Uint32Array[];
  /** `registered`, by population. */
  readonly #registeredKinds: Uint32Array;
  /** `informed`, by order and population. */
  readonly #informedKinds: readonly Uint32Array[];
  readonly #pollRequest: Uint8Array;
  readonly #buffer = new Uint8Array(4096);

  /** `host`: address of the command host. */
  constructor(spec: BotnetSpec, populations: readonly Population[], host: number, seed: number, tx: Tx) {
    this.#spec = spec;
    this.#populations = populations;
    this.#host = host;
    this.#tx = tx;
    this.informed = spec.orders.map(() => 0);
    this.informedBy = spec.orders.map(() => -1);
    let bots = 0;
    this.#firsts = populations.map((population) => {
      bots += population.count;
      return bots - population.count;
    });
    this.#registeredKinds = new Uint32Array(populations.length);
    this.#learnt = spec.orders.map(() => new Float64Array(bots).fill(Infinity));
    this.#informedKinds = spec.orders.map(() => new Uint32Array(populations.length));
    this.#sent = spec.orders.map(() => new Uint32Array(bots));
    this.#delays = new Float64Array(bots);
    this.#pollRequest = requestBytes('GET', '/orders', spec.c2, '');
    this.#when = stream(seed, `botnet/${spec.name}/when`);
    const secrets = stream(seed, `botnet/${spec.name}/secret`);
    const secret = Uint32Array.from({ length: 4 }, () => secrets.uint32());
    this.#stack = new TcpStack({ addresses: [0], owns: (a) => this.#botAt(a) >= 0, config: CONFIG, secret });
    this.#news = this.#stack.listNews();
    this.#settleIn(stream(seed, `botnet/${spec.name}/rtt`));
  }

  get bots(): number {
    return this.#delays.length;
  }

  receive(now: Nanos, seg: Readonly<Segment>): void {
    // A flooding bot forged the SYN beside its own TCP, and keeps that from answering for it.
    if (seg.src !== this.#host) {
      this.ignored++;
      return;
    }
    this.#stack.onSegment(now, seg, this.#tx);
    this.#settle(now);
  }

  onTimer(now: Nanos): void {
    if (this.#stack.nextTimer() <= now) this.#stack.onTimer(now, this.#tx);
    const due = this.#due;
    while (due.peek() <= now) {
      due.pop();
      const what = due.event % TASKS;
      const bot = (due.event - what) / TASKS;
      if (what === JOIN) this.#ask(now, bot, 'register', this.#register(bot));
      else if (what === POLL) this.#poll(now, bot);
      else this.#report(now, bot);
    }
    this.#settle(now);
  }

  nextTimer(): Nanos {
    return Math.min(this.#due.peek(), this.#stack.nextTimer());
  }

  delayOf(address: number): Nanos {
    return this.#delays[this.#botAt(address)] ?? 0;
  }

  ownerOf(address: number): Owner {
    return this.#botAt(address) < 0 ? 'silent' : 'bot';
  }

  /** Is bot `index` of a population carrying out that order at `now`? */
  floods(order: number, kind: number, index: number, now: Nanos): boolean {
    return this.#learnt[order]![this.#firsts[kind]! + index]! <= now;
  }

  /** SYNs a second that all of its orders ask of it. */
  asked(kind: number, index: number, now: Nanos): number {
    const bot = this.#firsts[kind]! + index;
    let sum = 0;
    this.#spec.orders.forEach((order, i) => {
      if (this.#learnt[i]![bot]! <= now && holds(order, now)) sum += order.rate;
    });
    return sum;
  }

  /** It has sent one more SYN. */
  countSyn(order: number, kind: number, index: number): void {
    this.#sent[order]![this.#firsts[kind]! + index]!++;
  }

  /** Bots of a population whose registration was accepted. */
  registeredOf(kind: number): number {
    return this.#registeredKinds[kind]!;
  }

  /** Bots of a population that have learnt of the order. */
  informedOf(order: number, kind: number): number {
    return this.#informedKinds[order]![kind]!;
  }

  #settleIn(rtt: Rng): void {
    this.#populations.forEach((population, kind) => {
      for (let index = 0; index < population.count; index++) {
        const bot = this.#firsts[kind]! + index;
        this.#delays[bot] = Math.floor(drawDuration(population.spec.rtt, index, rtt) / 2);
        this.#due.push(Math.floor(this.#when.unit() * this.#spec.joinWithin), bot * TASKS + JOIN);
      }
    });
  }

  #botAt(address: number): number {
    for (let kind = 0; kind < this.#populations.length; kind++) {
      const index = this.#populations[kind]!.indexOf(address);
      if (index >= 0) return this.#firsts[kind]! + index;
    }
    return -1;
  }

  #kindOf(bot: number): number {
    let kind = this.#firsts.length - 1;
    while (this.#firsts[kind]! > bot) kind--;
    return kind;
  }

  // ---- what a bot does -----------------------------------------------------------------------------------------------

  #register(bot: number): Uint8Array {
    const { kind } = this.#populations[this.#kindOf(bot)]!.spec;
    return requestBytes('POST', '/register', this.#spec.c2, `bot=${bot} kind=${kind}\n`);
  }

  #poll(now: Nanos, bot: number): void {
    this.polls++;
    this.#pollLater(now, bot);
    this.#ask(now, bot, 'poll', this.#pollRequest);
  }

  /** Memoryless, and whatever becomes of the polls before: together they are a Poisson process. */
  #pollLater(now: Nanos, bot: number): void {
    this.#due.push(now + Math.round(this.#when.exponential(this.#spec.poll)), bot * TASKS + POLL);
  }

  #report(now: Nanos, bot: number): void {
    this.#spec.orders.forEach((order, number) => {
      if (order.at + order.duration !== now || this.#learnt[number]![bot] === Infinity) return;
      const body = `bot=${bot} order=${number} syns=${this.#sent[number]![bot]}\n`;
      this.#ask(now, bot, 'report', requestBytes('POST', '/report', this.#spec.c2, body));
    });
  }

  #ask(now: Nanos, bot: number, what: Exchange['what'], request: Uint8Array): void {
    const kind = this.#kindOf(bot);
    const local = this.#populations[kind]!.addressOf(bot - this.#firsts[kind]!);
    const connection = this.#stack.connect(now, this.#host, COMMAND_PORT, this.#tx, { local });
    this.#exchanges.set(connection, { bot, what, request, response: new HttpReader('response') });
  }

  #answered(now: Nanos, { bot, what, response }: Exchange): boolean {
    if (response.state !== 'done' || response.status !== 200) return false;
    if (what === 'register') {
      this.registered++;
      this.#registeredKinds[this.#kindOf(bot)]!++;
      this.#pollLater(now, bot);
    }
    if (what === 'report') this.reported++;
    if (what !== 'poll') return true;
    const orders = readOrders(response.body);
    for (const { number, until } of orders ?? []) this.#learn(now, bot, number, until);
    return orders !== undefined;
  }

  #learn(now: Nanos, bot: number, order: number, until: Nanos): void {
    const learnt = this.#learnt[order];
    if (learnt === undefined || learnt[bot]! < Infinity || now >= until) return;
    learnt[bot] = now;
    this.informed[order]!++;
    this.#informedKinds[order]![this.#kindOf(bot)]!++;
    this.informedBy[order] = now;
    if (this.orderedAt < 0) this.orderedAt = now;
    // Orders that end together are reported together.
    const known = this.#spec.orders.some(
      (other, i) => i !== order && other.at + other.duration === until && this.#learnt[i]![bot]! < Infinity,
    );
    if (!known) this.#due.push(until, bot * TASKS + REPORT);
  }

  // ---- its connections -----------------------------------------------------------------------------------------------

  #settle(now: Nanos): void {
    const news = this.#news;
    do {
      for (let c = news.pop(); c !== undefined; c = news.pop()) {
        c.listed = false;
        this.#hear(now, c);
      }
      // What was sent and closed above becomes news only when the stack looks.
      this.#stack.nextTimer();
    } while (news.length > 0);
  }

  #hear(now: Nanos, connection: Connection): void {
    const exchange = this.#exchanges.get(connection);
    for (let event = connection.pollEvent(); event !== undefined; event = connection.pollEvent()) {
      if (exchange === undefined) continue;
      if (event.type === 'established') connection.send(now, exchange.request, this.#tx);
      else if (event.type === 'readable') this.#read(now, connection, exchange);
      else if (event.type === 'peer-closed') connection.closeSocket(now, this.#tx);
      else if (event.type === 'closed') {
        this.#exchanges.delete(connection);
        if (exchange.response.state !== 'done' && exchange.what === 'poll') this.pollsFailed++;
      }
    }
  }

  #read(now: Nanos, connection: Connection, exchange: Exchange): void {
    const { response, what } = exchange;
    const waiting = response.state === 'reading';
    while (connection.readable > 0) response.add(this.#buffer, connection.read(now, this.#buffer, this.#tx));
    if (!waiting || response.state === 'reading') return;
    if (!this.#answered(now, exchange) && what === 'poll' && response.state === 'done') this.pollsFailed++;
  }
}

/** One connection to the command host. */
interface Exchange {
  readonly bot: number;
  readonly what: 'register' | 'poll' | 'report';
  readonly request: Uint8Array;
  readonly response: HttpReader;
}

/**
 * Bots run on what nobody updates: no linear timeouts yet (Linux 6.5), and programs that call home give up sooner than the
 * kernel's two minutes. A SYN goes at 0, 1 and 3 s and has failed at 7 s (RFC 6298 §5.5).
 */
const CONFIG: TcpConfig = { ...LINUX6, synLinearTimeouts: 0, synRetries: 2 };

const JOIN = 0;
const POLL = 1;
const REPORT = 2;
const TASKS = 3;
