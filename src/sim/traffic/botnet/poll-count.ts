/** How often the bots of a sum have polled, and how often in vain: counts of one Poisson process, drawn when asked for. */
import { type Nanos, SEC } from '../../../tcp/types.ts';
import type { BotnetSpec, DistributionSpec } from '../../flood-model.ts';
import { stream } from '../../rng.ts';
import { PoissonCount } from './poisson-count.ts';

export class PollCount {
  readonly #spec: BotnetSpec;
  readonly #begun: PoissonCount;
  /** The same polls, counted up to those that failed, and up to the last one before the first of those. */
  readonly #failed: PoissonCount;
  readonly #well: PoissonCount;
  #pollers = 0;
  /** Polls expected up to `#since`, when their rate changed last. */
  #level = 0;
  #since: Nanos = 0;
  /** Level of the first poll that failed; -1 = none has. */
  #failsFrom = -1;
  readonly #rtt: Nanos;

  constructor(spec: BotnetSpec, seed: number) {
    this.#spec = spec;
    const count = (): PoissonCount => new PoissonCount(stream(seed, `botnet/${spec.name}/polls`));
    this.#begun = count();
    this.#failed = count();
    this.#well = count();
    const bots = spec.bots.reduce((sum, kind) => sum + kind.count, 0);
    this.#rtt = spec.bots.reduce((sum, kind) => sum + kind.count * meanOf(kind.rtt), 0) / Math.max(1, bots);
  }

  /** One more bot polls from now on. */
  addPoller(now: number): void {
    this.#level = this.#levelAt(now);
    this.#since = now;
    this.#pollers++;
  }

  /** No request that reaches the host from now on is answered well. */
  takeDown(now: Nanos): void {
    // That of a poll reaches it after one and a half round trips. At a blocked edge those whose handshake had begun repeat
    // their request for a quarter of an hour before they give up (Linux tcp_retries2).
    const trips = this.#spec.takeDown?.how === 'edge-block' ? 0.5 : 1.5;
    this.#failsFrom = Math.max(0, this.#levelAt(now - trips * this.#rtt));
  }

  begun(now: Nanos): number {
    return this.#begun.upTo(this.#levelAt(now));
  }

  failed(now: Nanos): number {
    if (this.#failsFrom < 0) return 0;
    const last = this.#levelAt(now - this.#timeToFail());
    if (last <= this.#failsFrom) return 0;
    return this.#failed.upTo(last) - this.#well.upTo(this.#failsFrom);
  }

  #levelAt(now: number): number {
    return this.#level + (this.#pollers * (now - this.#since)) / this.#spec.poll;
  }

  /** From the SYN of a poll to the bot's knowing that it is in vain. */
  #timeToFail(): Nanos {
    switch (this.#spec.takeDown?.how) {
      case 'outage':
        return this.#rtt; // a RST for the SYN
      case 'edge-block':
        return SYN_TIMEOUT;
      default:
        return 2 * this.#rtt; // an answer without orders
    }
  }
}

/** What the configuration of the bots in `bot-crowd.ts` comes to. */
const SYN_TIMEOUT: Nanos = 7 * SEC;

function meanOf(spec: DistributionSpec): Nanos {
  switch (spec.shape) {
    case 'fixed':
      return spec.value;
    case 'uniform':
      return (spec.least + spec.most) / 2;
    case 'cycle':
      return spec.values.reduce((sum, value) => sum + value, 0) / Math.max(1, spec.values.length);
    case 'exponential':
      return spec.least + spec.mean;
    default:
      throw new Error(`no such distribution: ${JSON.stringify(spec satisfies never)}`);
  }
}
