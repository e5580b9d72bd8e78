/**
 * Which addresses of a forged range have an owner, and how far away it lives: functions of the address and the run's seed,
 * so that a range of any size needs no memory, and the same address is always the same host, whoever forges it.
 */
import { jhash3 } from '../../tcp/jhash.ts';
import { MS, type Nanos } from '../../tcp/types.ts';
import { stream } from '../rng.ts';

/** One way between a bystander and the core of the network: each value from `LEAST_DELAY` on, for `DELAY_SPAN`, equally likely. */
export const LEAST_DELAY: Nanos = 5 * MS;
export const DELAY_SPAN: Nanos = 90 * MS;

export class LiveHosts {
  readonly #key: number;
  readonly #delayKey: number;
  readonly #limit: number;

  /** `share`: probability that an address answers, 0 .. 1. Addresses that do at one share do at every higher one. */
  constructor(seed: number, share: number) {
    const random = stream(seed, 'live-hosts');
    this.#key = random.uint32() | 0;
    this.#delayKey = random.uint32() | 0;
    this.#limit = share * 0x1_0000_0000;
  }

  isLive(address: number): boolean {
    return jhash3(address | 0, 0, 0, this.#key) >>> 0 < this.#limit;
  }

  delayOf(address: number): Nanos {
    const u = (jhash3(address | 0, 0, 0, this.#delayKey) >>> 0) / 0x1_0000_0000;
    return LEAST_DELAY + Math.floor(u * DELAY_SPAN);
  }
}
