/**
 * Remotely triggered black hole by destination (RFC 5635 §3, RFC 7999): the upstream network drops all that goes to the
 * victim, friend and foe. It saves the network around the victim and completes the attack on the victim itself.
 */
import { type Nanos, SEC } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';
import { type BoxKind, choiceOf, numberOf } from './box-kind.ts';
import type { Middlebox } from './types.ts';

/** Segments are counted in aligned windows of this length. */
const WINDOW: Nanos = SEC;

class Blackhole implements Middlebox {
  readonly name = 'blackhole';
  readonly entries = 1;
  readonly counters = { seen: 0, blackholeDropped: 0, triggered: 0 };
  #from: Nanos;
  #to: Nanos;
  readonly #rate: number;
  readonly #hold: Nanos;
  #window = -1;
  #inWindow = 0;

  /** `rate` Infinity: only between `from` and `to`. */
  constructor(from: Nanos, to: Nanos, rate: number, hold: Nanos) {
    this.#from = from;
    this.#to = to;
    this.#rate = rate;
    this.#hold = hold;
  }

  fromNet(now: Nanos, _seg: Readonly<Segment>): boolean {
    this.counters.seen++;
    if (this.#rate !== Infinity) this.#watch(now);
    if (now < this.#from || now >= this.#to) return true;
    this.counters.blackholeDropped++;
    return false;
  }

  fromServer(): boolean {
    this.counters.seen++;
    return true;
  }

  onTimer(): void {}

  nextTimer(): Nanos {
    return Infinity;
  }

  /** Too many segments in one window: the route is announced, or stays announced, for `hold` from now. */
  #watch(now: Nanos): void {
    const window = Math.floor(now / WINDOW);
    if (window !== this.#window) {
      this.#window = window;
      this.#inWindow = 0;
    }
    if (++this.#inWindow <= this.#rate) return;
    if (now >= this.#to) {
      this.counters.triggered++;
      this.#from = now;
    }
    this.#to = now + this.#hold;
  }
}

export const BLACKHOLE: BoxKind = {
  name: 'blackhole',
  place: 'provider',
  describe: 'The upstream network drops everything that goes to the victim, for a time or while too much does.',
  source: 'RFC 5635 §3, RFC 7999',
  parameters: [
    {
      name: 'trigger',
      kind: 'choice',
      default: 'times',
      choices: ['times', 'rate'],
      says: 'times: from `from` to `to`; rate: once more than `rate` segments come within a second',
    },
    { name: 'from', kind: 'duration', default: 0, min: 0, max: 86_400 * SEC, says: 'when the route is announced' },
    { name: 'to', kind: 'duration', default: 3600 * SEC, min: 0, max: 86_400 * SEC, says: 'when it is withdrawn' },
    {
      name: 'rate',
      kind: 'rate',
      default: 10_000,
      min: 1,
      max: 1_000_000_000,
      says: 'with trigger: rate, segments per second that may come',
    },
    {
      name: 'hold',
      kind: 'duration',
      default: 60 * SEC,
      min: 0,
      max: 86_400 * SEC,
      says: 'with trigger: rate, it lasts so long after the last second that had too many',
    },
  ],
  buys: "Links and routers around the victim stay usable for the victim's neighbours.",
  costs: 'The victim is offline for everybody: the attack has reached its aim.',
  cost: { seen: 5 },
  make(params) {
    return choiceOf(params, 'trigger', ['times', 'rate']) === 'times'
      ? new Blackhole(numberOf(params, 'from'), numberOf(params, 'to'), Infinity, 0)
      : new Blackhole(0, 0, numberOf(params, 'rate'), numberOf(params, 'hold'));
  },
};
