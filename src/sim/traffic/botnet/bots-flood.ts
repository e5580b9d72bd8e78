/**
 * The flood that bots send for one order, as a superposition: a Poisson process at the rate of all bots together, each SYN
 * of which belongs to any of them by its rate, and is sent if that bot has learnt of the order. That is exactly what the
 * bots would send one by one.
 */
import type { Nanos } from '../../../tcp/types.ts';
import type { Segment } from '../../../wire/segment.ts';
import type { Emitter } from '../../arena/types.ts';
import { type Arrivals, floodArrivals } from '../../arrivals.ts';
import type { OrderSpec } from '../../flood-model.ts';
import { type Rng, stream } from '../../rng.ts';
import type { FloodSurroundings } from '../flood-source.ts';
import { drawBelow, maskOf } from '../spoof.ts';
import type { BotCrowd } from './bot-crowd.ts';
import { OrderSyns, rateOf } from './order-syns.ts';
import type { Population } from './population.ts';
import { shareSent } from './uplink.ts';

export class BotsFlood implements Emitter {
  readonly syns: OrderSyns;
  readonly #number: number;
  readonly #crowd: BotCrowd;
  readonly #populations: readonly Population[];
  readonly #arrivals: Arrivals;
  readonly #who: Rng;
  /** What each population sends when all of it floods, and all together. */
  readonly #rates: readonly number[];
  readonly #rate: number;
  readonly #asks: number;
  readonly #alone: 'yes' | 'no';

  /** `number`: which of `orders`. */
  constructor(
    orders: readonly OrderSpec[],
    number: number,
    crowd: BotCrowd,
    populations: readonly Population[],
    around: FloodSurroundings,
    purpose: string,
  ) {
    const order = orders[number]!;
    this.#number = number;
    this.#asks = order.rate;
    this.#alone = orders.length === 1 ? 'yes' : 'no';
    this.#crowd = crowd;
    this.#populations = populations;
    this.#rates = populations.map((population) => population.count * rateOf(order, population));
    this.#rate = this.#rates.reduce((sum, rate) => sum + rate, 0);
    this.syns = new OrderSyns(order, around, purpose);
    this.#who = stream(around.seed, `${purpose}/who`);
    const rate = { process: 'poisson', rate: this.#rate } as const;
    this.#arrivals = floodArrivals(rate, order.at, order.at + order.duration, stream(around.seed, `${purpose}/when`));
  }

  get next(): Nanos {
    return this.#arrivals.next;
  }

  emit(seg: Segment): boolean {
    const now = this.#arrivals.next;
    this.#arrivals.advance();
    const kind = this.#kind();
    const population = this.#populations[kind]!;
    const index = drawBelow(population.count, maskOf(population.count), this.#who);
    if (!this.#crowd.floods(this.#number, kind, index, now)) return false;
    if (this.#alone === 'no' && !this.#fits(kind, index, now)) return false;
    this.#crowd.countSyn(this.#number, kind, index);
    return this.syns.write(seg, population, population.addressOf(index));
  }

  /** With other orders it may be more than the bot's link carries. */
  #fits(kind: number, index: number, now: Nanos): boolean {
    const { uplink } = this.#populations[kind]!.spec;
    return this.#who.chance(shareSent(this.#asks, this.#crowd.asked(kind, index, now), uplink));
  }

  #kind(): number {
    const rates = this.#rates;
    let left = this.#who.unit() * this.#rate;
    for (let kind = 0; kind < rates.length - 1; kind++) {
      left -= rates[kind]!;
      if (left < 0) return kind;
    }
    return rates.length - 1;
  }
}
