/** The flood of a botnet that is drawn in sums: how many bots carry out each order, and the SYNs they send together. */
import type { Nanos } from '../../../tcp/types.ts';
import { SEC } from '../../../tcp/types.ts';
import type { Segment } from '../../../wire/segment.ts';
import type { OrderSpec } from '../../flood-model.ts';
import { type Rng, stream } from '../../rng.ts';
import type { FloodSurroundings } from '../flood-source.ts';
import { drawBelow, maskOf } from '../spoof.ts';
import { holds, OrderSyns, rateOf } from './order-syns.ts';
import type { Population } from './population.ts';
import { rateTogether, shareSent } from './uplink.ts';

export class SumsFlood {
  /** By order: bots that learnt of it in time, and when the last did; -1 = none. */
  readonly informed: number[];
  readonly informedBy: Nanos[];
  /** Bots that carry out an order now. */
  flooding = 0;
  readonly syns: readonly OrderSyns[];
  readonly #orders: readonly OrderSpec[];
  readonly #populations: readonly Population[];
  readonly #rng: Rng;
  /** By order and kind: bots informed, and SYNs per second of each. */
  readonly #counts: readonly Uint32Array[];
  readonly #rates: readonly (readonly number[])[];
  readonly #active: boolean[];
  /** SYNs per second of all, each order's as if it were alone; what then is too much for a link is not sent. */
  #most = 0;

  constructor(
    name: string,
    orders: readonly OrderSpec[],
    populations: readonly Population[],
    around: FloodSurroundings,
  ) {
    this.#orders = orders;
    this.#populations = populations;
    this.informed = orders.map(() => 0);
    this.informedBy = orders.map(() => -1);
    this.syns = orders.map((order, i) => new OrderSyns(order, around, `botnet/${name}/${i}`));
    this.#rng = stream(around.seed, `botnet/${name}/who`);
    this.#counts = orders.map(() => new Uint32Array(populations.length));
    this.#rates = orders.map((order) => populations.map((population) => rateOf(order, population)));
    this.#active = orders.map(() => false);
  }

  /** Which orders hold at `now`. */
  setTime(now: Nanos): void {
    this.#orders.forEach((order, i) => {
      this.#active[i] = holds(order, now);
    });
    this.#sumUp();
  }

  /** The latest order that holds now; -1 = none. */
  get newest(): number {
    return this.#active.lastIndexOf(true);
  }

  /** A bot of that kind, which knew orders up to `from`, has read of all up to `newest`. */
  inform(now: Nanos, kind: number, from: number, newest: number): void {
    for (let i = from + 1; i <= newest; i++) {
      if (!this.#active[i]) continue;
      this.informed[i]!++;
      this.informedBy[i] = Math.floor(now);
      this.#counts[i]![kind]!++;
    }
    this.#sumUp();
  }

  /** SYNs per second that are sent now, by kind. */
  get rates(): readonly number[] {
    return this.#populations.map(({ spec }, kind) => {
      const asking = this.#orders
        .map((order, i) => ({ bots: this.#counts[i]![kind]!, rate: order.rate, active: this.#active[i] }))
        .filter(({ active }) => active);
      return rateTogether(asking, spec.uplink);
    });
  }

  /** Bots of that kind that carry out an order now. */
  floodingOf(kind: number): number {
    return this.#counts.reduce((most, counts, i) => (this.#active[i] ? Math.max(most, counts[kind]!) : most), 0);
  }

  /** Of the orders that hold now: SYNs that left their network so far, and those that a filter stopped. */
  get letOut(): number {
    return this.syns.reduce((sum, { syns }, i) => (this.#active[i] ? sum + syns : sum), 0);
  }

  get stopped(): number {
    return this.syns.reduce((sum, { filtered }, i) => (this.#active[i] ? sum + filtered : sum), 0);
  }

  /** ns to the next SYN of all of them; `Infinity`: nobody sends. */
  gap(): number {
    return this.#most > 0 ? this.#rng.exponential(SEC / this.#most) : Infinity;
  }

  /** A SYN of one of them. False: it does not leave, for want of room on its link or because of a filter. */
  write(seg: Segment): boolean {
    let left = this.#rng.unit() * this.#most;
    let order = -1;
    let kind = -1;
    for (let i = 0; i < this.#orders.length && left >= 0; i++) {
      if (!this.#active[i]) continue;
      for (let k = 0; k < this.#populations.length && left >= 0; k++) {
        const rate = this.#counts[i]![k]! * this.#rates[i]![k]!;
        if (rate === 0) continue;
        // Should rounding leave something over, it is the last one.
        order = i;
        kind = k;
        left -= rate;
      }
    }
    const population = this.#populations[kind]!;
    // The bots of a kind are alike, so the first to learn of an order may as well be number 0.
    const count = this.#counts[order]![kind]!;
    const index = drawBelow(count, maskOf(count), this.#rng);
    if (this.#orders.length > 1 && !this.#fits(order, kind, index)) return false;
    return this.syns[order]!.write(seg, population, population.addressOf(index));
  }

  /** Number `index` carries out every order that more bots than that have learnt of. */
  #fits(order: number, kind: number, index: number): boolean {
    let asked = 0;
    for (let i = 0; i < this.#orders.length; i++) {
      if (this.#active[i] && index < this.#counts[i]![kind]!) asked += this.#orders[i]!.rate;
    }
    const { uplink } = this.#populations[kind]!.spec;
    return this.#rng.chance(shareSent(this.#orders[order]!.rate, asked, uplink));
  }

  #sumUp(): void {
    this.#most = 0;
    this.flooding = 0;
    for (let i = 0; i < this.#orders.length; i++) {
      if (!this.#active[i]) continue;
      // Who knows a later order knows the earlier ones that still hold, too.
      this.flooding = Math.max(this.flooding, this.informed[i]!);
      for (let k = 0; k < this.#populations.length; k++) this.#most += this.#counts[i]![k]! * this.#rates[i]![k]!;
    }
  }
}
