/**
 * A botnet drawn in sums: the same law as bot by bot, at a cost that does not depend on how many bots there are.
 *
 * What a bot does takes round trips of TCP: its registration is accepted after 2 (handshake, request), the request of a
 * poll is at the command host after 1.5 and the answer half a round trip later. Polls are memoryless, so of u bots that do
 * not know an order the next one asks after an exponential time of mean poll / u, and any of them is as likely: a pure
 * death process. Answers and registrations under way wait in a queue, all other bots are counts. A bot's round trip is
 * drawn anew for each exchange.
 */
import type { Nanos } from '../../../tcp/types.ts';
import { HalfopenError } from '../../../wire/error.ts';
import type { Segment } from '../../../wire/segment.ts';
import type { AddressRange, Emitter, Party } from '../../arena/types.ts';
import { drawDuration } from '../../crowd/distribution.ts';
import { EventQueue } from '../../event-queue.ts';
import type { BotKindView, BotsView } from '../../flood-frame.ts';
import type { BotnetSpec } from '../../flood-model.ts';
import type { BotnetReport, FloodMoment } from '../../flood-report.ts';
import { parsePrefix } from '../../prefix.ts';
import { type Rng, stream } from '../../rng.ts';
import type { FloodSurroundings } from '../flood-source.ts';
import { drawBelow, maskOf } from '../spoof.ts';
import { BotClasses } from './bot-classes.ts';
import type { Botnet } from './botnet.ts';
import { InOrder } from './in-order.ts';
import { PollCount } from './poll-count.ts';
import { Population } from './population.ts';
import { SumsFlood } from './sums-flood.ts';

export class BotnetOfSums implements Botnet, Emitter {
  readonly name: string;
  readonly ranges: readonly AddressRange[];
  readonly parties: readonly Party[] = [];
  readonly emitters: readonly Emitter[] = [this];
  readonly moments: FloodMoment[] = [];
  readonly #spec: BotnetSpec;
  readonly #populations: readonly Population[];
  readonly #bots: number;
  readonly #flood: SumsFlood;
  /** Orders by the time they are given. */
  readonly #ranks: readonly number[];
  readonly #classes: BotClasses;
  readonly #polls: PollCount;
  readonly #joins: InOrder;
  readonly #leftToJoin: number[];
  readonly #underWay = new EventQueue(1024);
  readonly #rng: Rng;
  /** Moments at which orders begin and end, and the take-down, ascending. */
  readonly #edges: Nanos[];
  #edge = 0;
  #registered = 0;
  readonly #registeredKinds: Uint32Array;
  #joined = 0;
  #takenDown = false;
  /** When each kind of event comes next, with fractions of a nanosecond. */
  readonly #at: Float64Array = new Float64Array(5);

  constructor(spec: BotnetSpec, around: FloodSurroundings) {
    const whose = `botnet '${spec.name}'`;
    const { seed } = around;
    this.#spec = spec;
    this.name = spec.name;
    const populations = spec.bots
      .filter(({ count }) => count > 0)
      .map((kind) => new Population(kind, seed, around.ingress, whose));
    this.#populations = populations;
    this.#bots = populations.reduce((sum, { count }) => sum + count, 0);
    if (populations.length > MOST_KINDS || spec.orders.length >= MOST_ORDERS) {
      throw new HalfopenError(
        `${whose}: found too many kinds or orders, expected up to ${MOST_KINDS} and ${MOST_ORDERS - 1}`,
      );
    }
    // What a bot knows is counted up to the latest order it has read.
    this.#ranks = spec.orders.map((_, i) => i).sort((a, b) => spec.orders[a]!.at - spec.orders[b]!.at || a - b);
    const orders = this.#ranks.map((i) => spec.orders[i]!);
    this.#flood = new SumsFlood(spec.name, orders, populations, around);
    this.#registeredKinds = new Uint32Array(populations.length);
    this.#classes = new BotClasses(populations.length, spec.orders.length);
    this.#polls = new PollCount(spec, seed);
    this.#joins = new InOrder(this.#bots, spec.joinWithin, () => stream(seed, `botnet/${spec.name}/join`));
    this.#leftToJoin = populations.map(({ count }) => count);
    this.#rng = stream(seed, `botnet/${spec.name}/sum`);
    const edges = spec.orders.flatMap((order) => [order.at, order.at + order.duration]);
    if (spec.takeDown !== null) edges.push(spec.takeDown.at);
    this.#edges = [...new Set(edges)].sort((a, b) => a - b);
    const host = parsePrefix(spec.c2, whose).first;
    this.ranges = [
      { first: host, last: host, owner: 'c2', party: null },
      ...populations.map(
        ({ prefix }): AddressRange => ({ first: prefix.first, last: prefix.last, owner: 'bot', party: null }),
      ),
    ];
    this.#at.fill(Infinity);
    this.#at[EDGE] = this.#edges[0] ?? Infinity;
    this.#at[JOIN] = this.#joins.next;
    this.#findSoonest();
  }

  get next(): Nanos {
    return Math.floor(this.#at[SOONEST]!);
  }

  emit(seg: Segment): boolean {
    const isSyn = this.#happen();
    const sent = isSyn && this.#flood.write(seg);
    this.#findSoonest();
    return sent;
  }

  /** The next event; true: it is a SYN. */
  #happen(): boolean {
    const at = this.#at;
    const now = at[SOONEST]!;
    if (at[EDGE] === now) this.#crossEdge(now);
    else if (this.#underWay.peek() === now) this.#arrive(now);
    else if (at[JOIN] === now) this.#join(now);
    else if (at[LEARN] === now) this.#learn(now);
    else {
      at[SYN] = now + this.#flood.gap();
      return true;
    }
    return false;
  }

  over(now: Nanos): boolean {
    return this.#spec.orders.every(({ at, duration }) => now >= at + duration);
  }

  view(): BotsView {
    const { flooding, rates, letOut, stopped } = this.#flood;
    const kinds = this.#populations.map(
      ({ spec, count }, kind): BotKindView => ({
        kind: spec.kind,
        bots: count,
        registered: this.#registeredKinds[kind]!,
        flooding: this.#flood.floodingOf(kind),
        rate: rates[kind]!,
      }),
    );
    return {
      name: this.name,
      bots: this.#bots,
      registered: this.#registered,
      flooding,
      rate: rates.reduce((sum, rate) => sum + rate, 0),
      takenDown: this.#takenDown,
      kinds,
      letOut,
      stopped,
    };
  }

  report(now: Nanos): BotnetReport {
    const { informed, informedBy, syns } = this.#flood;
    const rankOf = this.#spec.orders.map((_, i) => this.#ranks.indexOf(i));
    return {
      name: this.name,
      bots: this.#bots,
      registered: this.#registered,
      polls: this.#polls.begun(now),
      pollsFailed: this.#polls.failed(now),
      informed: rankOf.map((rank) => informed[rank]!),
      informedBy: rankOf.map((rank) => informedBy[rank]!),
      syns: syns.reduce((sum, order) => sum + order.syns, 0),
      filtered: syns.reduce((sum, order) => sum + order.filtered, 0),
      how: 'sum',
    };
  }

  #findSoonest(): void {
    const at = this.#at;
    at[SOONEST] = Math.min(at[EDGE]!, this.#underWay.peek(), at[JOIN]!, at[LEARN]!, at[SYN]!);
  }

  /** An order begins or ends, or the command host falls. */
  #crossEdge(now: Nanos): void {
    this.#edge++;
    this.#at[EDGE] = this.#edges[this.#edge] ?? Infinity;
    if (this.#spec.takeDown?.at === now) {
      this.#takenDown = true;
      this.#polls.takeDown(now);
      this.moments.push({ t: now, what: 'take-down' });
    }
    this.#flood.setTime(now);
    this.#rescheduleLearning(now);
    this.#at[SYN] = now + this.#flood.gap();
  }

  /** A bot opens its connection to register, and with the answer begins to poll. */
  #join(now: number): void {
    this.#joins.advance();
    this.#at[JOIN] = this.#joins.next;
    const left = this.#bots - this.#joined++;
    let kind = 0;
    for (let who = drawBelow(left, maskOf(left), this.#rng); who >= this.#leftToJoin[kind]!; kind++) {
      who -= this.#leftToJoin[kind]!;
    }
    this.#leftToJoin[kind]!--;
    const rtt = this.#roundTrip(kind);
    // The host decides when the request is there.
    if (now + 1.5 * rtt >= (this.#spec.takeDown?.at ?? Infinity)) return;
    this.#underWay.push(now + 2 * rtt, REGISTERED + kind * CODES);
    this.#underWay.push(now + 3.5 * rtt, ASKING + kind * CODES);
  }

  /** What was under way is there. */
  #arrive(now: number): void {
    this.#underWay.pop();
    const code = this.#underWay.event % CODES;
    const rest = (this.#underWay.event - code) / CODES;
    const kind = rest % MOST_KINDS;
    if (code === REGISTERED) {
      this.#registered++;
      this.#registeredKinds[kind]!++;
      this.#polls.addPoller(now);
    } else if (code === ASKING) {
      this.#classes.add(kind);
      this.#rescheduleLearning(now);
    } else {
      const orders = Math.floor(rest / MOST_KINDS);
      this.#flood.inform(now, kind, (orders % MOST_ORDERS) - 1, Math.floor(orders / MOST_ORDERS));
      if (this.moments.every(({ what }) => what !== 'bots-ordered')) this.#noteOrdered(now);
      this.#at[SYN] = now + this.#flood.gap();
    }
  }

  #noteOrdered(now: number): void {
    if (this.#flood.informed.some((bots) => bots > 0)) this.moments.push({ t: Math.floor(now), what: 'bots-ordered' });
  }

  /** The request of a bot that does not know the newest order is at the host. */
  #learn(now: number): void {
    const { newest } = this.#flood;
    this.#classes.learn(newest, this.#rng);
    const { kind, from } = this.#classes;
    const orders = from + 1 + MOST_ORDERS * newest;
    this.#underWay.push(now + this.#roundTrip(kind) / 2, ANSWERED + CODES * (kind + MOST_KINDS * orders));
    this.#rescheduleLearning(now);
  }

  /** Memoryless: whenever the number of bots that may ask changes, the wait for the next of them begins anew. */
  #rescheduleLearning(now: number): void {
    const { newest } = this.#flood;
    const bots = newest < 0 || this.#takenDown ? 0 : this.#classes.without(newest);
    this.#at[LEARN] = bots === 0 ? Infinity : now + this.#rng.exponential(this.#spec.poll / bots);
  }

  #roundTrip(kind: number): Nanos {
    // As with bots one by one, whose way is half of it in whole nanoseconds.
    return 2 * Math.floor(drawDuration(this.#populations[kind]!.spec.rtt, this.#joined, this.#rng) / 2);
  }
}

const EDGE = 0;
const JOIN = 1;
const LEARN = 2;
const SYN = 3;
const SOONEST = 4;

/** What is under way: a number of this kind, plus CODES times the kind of bot, and of answers what the bot knew and reads. */
const REGISTERED = 0;
const ASKING = 1;
const ANSWERED = 2;
const CODES = 3;
const MOST_KINDS = 64;
const MOST_ORDERS = 256;
