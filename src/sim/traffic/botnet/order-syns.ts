/** The SYNs that one order asks of bots: which source each bears, and whether the bot's network lets it out. */
import type { Nanos } from '../../../tcp/types.ts';
import type { Segment } from '../../../wire/segment.ts';
import type { OrderSpec } from '../../flood-model.ts';
import { parsePrefix } from '../../prefix.ts';
import { type Rng, stream } from '../../rng.ts';
import type { FloodSurroundings } from '../flood-source.ts';
import { drawBelow, maskOf, Sources } from '../spoof.ts';
import { writeSyn } from '../syn-shape.ts';
import type { Population } from './population.ts';

export class OrderSyns {
  /** SYNs that left their network, and those that a filter there stopped. */
  syns = 0;
  filtered = 0;
  readonly #order: OrderSpec;
  readonly #target: number;
  readonly #rng: Rng;
  readonly #forged: Sources | null;

  /** `purpose` names its random stream. */
  constructor(order: OrderSpec, around: FloodSurroundings, purpose: string) {
    this.#order = order;
    this.#target = parsePrefix(around.target, purpose).first;
    this.#rng = stream(around.seed, `${purpose}/syn`);
    const { prefix, live } = order;
    this.#forged = order.spoof === 'random' ? new Sources({ mode: 'random', prefix, live }, purpose) : null;
  }

  /** Writes a SYN of the bot at `home` into `seg`, which is reset. False: it does not leave the bot's network. */
  write(seg: Segment, population: Population, home: number): boolean {
    seg.src = this.#source(population, home);
    seg.dst = this.#target;
    seg.dport = this.#order.port;
    writeSyn(seg, this.#order.shape, this.#rng, 0);
    if (seg.src !== home && !population.letsOut(home, seg.src)) {
      this.filtered++;
      return false;
    }
    this.syns++;
    return true;
  }

  #source(population: Population, home: number): number {
    if (this.#forged !== null) return this.#forged.draw(this.#rng);
    if (this.#order.spoof === 'own') return home;
    const size = population.networkSize;
    return population.networkOf(home) + drawBelow(size, maskOf(size), this.#rng);
  }
}

/** Between its beginning and its end. */
export function holds(order: OrderSpec, now: Nanos): boolean {
  return order.at <= now && now < order.at + order.duration;
}

/** SYNs a second that a bot of that population sends for it alone: no more than asked, and no more than its link carries. */
export function rateOf(order: OrderSpec, population: Population): number {
  return Math.min(order.rate, population.spec.uplink);
}
