/** One direction of a link: delay, jitter, random loss, a rate and a drop-tail queue. */
import type { Nanos } from '../tcp/types.ts';
import { SEC } from '../tcp/types.ts';
import type { Rng } from './rng.ts';
import type { LinkSpec } from './scenario-model.ts';

export class Link {
  /** Results of the last `offer`: when the packet arrives or would have arrived, … */
  arrivesAt: Nanos = 0;
  /** … and when it begins its journey, having waited in the queue. */
  leavesAt: Nanos = 0;

  readonly #spec: LinkSpec;
  readonly #rng: Rng;
  /** When the packets still in the queue finish leaving, oldest first; the first is being sent. */
  #departures: Nanos[] = [];

  /** `rng` must belong to this direction alone: two draws per packet, whatever happens to it. */
  constructor(spec: LinkSpec, rng: Rng) {
    this.#spec = spec;
    this.#rng = rng;
  }

  /** Takes a packet of `bytes` at `now`. Times are in `arrivesAt` and `leavesAt` even for one that is lost. */
  offer(now: Nanos, bytes: number): 'sent' | 'lost' | 'overflow' {
    const spec = this.#spec;
    // Both drawn always: a change of one setting must not move the numbers of the other, nor those of later packets.
    const lost = this.#rng.chance(spec.loss);
    const jitter = Math.floor(this.#rng.unit() * (spec.jitter + 1));
    this.leavesAt = now;
    if (spec.rate > 0) {
      const waiting = this.#departures.filter((t) => t > now);
      this.#departures = waiting;
      // One is on the wire, `queue` may wait behind it.
      if (waiting.length > spec.queue) {
        this.arrivesAt = now + spec.delay + jitter;
        return 'overflow';
      }
      this.leavesAt = Math.max(now, waiting.at(-1) ?? now) + Math.ceil((bytes * 8 * SEC) / spec.rate);
      waiting.push(this.leavesAt);
    }
    this.arrivesAt = this.leavesAt + spec.delay + jitter;
    return lost ? 'lost' : 'sent';
  }
}
