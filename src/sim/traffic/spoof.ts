/**
 * Which source addresses the SYNs of a flood bear (RFC 4987 §3): the sender's own, forged at random, forged from where
 * nobody answers, or those of hosts that do answer, and so undo what the SYN did.
 */
import { HalfopenError } from '../../wire/error.ts';
import type { SpoofSpec } from '../flood-model.ts';
import { type Prefix, parsePrefix } from '../prefix.ts';
import type { Rng } from '../rng.ts';

/** The addresses first .. first + count - 1, each equally likely. */
export class Sources {
  readonly prefix: Prefix;
  readonly first: number;
  readonly count: number;
  /** Probability that the owner of one of them answers a stray SYN/ACK with RST; see `LiveHosts`. */
  readonly live: number;
  /** Not the sender's own. */
  readonly forged: boolean;
  readonly #mask: number;

  /** `whose` begins the sentence that refuses what is not safe. */
  constructor(spec: SpoofSpec, whose: string) {
    this.prefix = parsePrefix(spec.prefix, whose);
    this.forged = spec.mode !== 'own';
    this.live = spec.mode === 'random' ? spec.live : spec.mode === 'live' ? 1 : 0;
    this.count = spec.mode === 'own' ? spec.count : this.prefix.size;
    if (!(this.count >= 1 && this.count <= this.prefix.size)) {
      throw new HalfopenError(
        `${whose}: found ${this.count} addresses, expected 1 .. ${this.prefix.size} in ${spec.prefix}`,
      );
    }
    // Where there is room, nobody lives at the lowest address, which names the network itself.
    this.first = this.prefix.first + (this.count < this.prefix.size ? 1 : 0);
    this.#mask = maskOf(this.count);
  }

  /** One of them. */
  draw(rng: Rng): number {
    return this.first + drawBelow(this.count, this.#mask, rng);
  }
}

/** The least 2^k - 1 that is not below `count - 1`; 1 <= count <= 2^32. */
export function maskOf(count: number): number {
  return count <= 1 ? 0 : 0xffff_ffff >>> Math.clz32(count - 1);
}

/**
 * An integer in 0 .. count - 1, each equally likely; `mask` is `maskOf(count)`. Draws until one is below: less than two
 * times on average, exactly once for a power of two, and without the floating remainder that makes `Rng.below` dear.
 */
export function drawBelow(count: number, mask: number, rng: Rng): number {
  let x = (rng.uint32() & mask) >>> 0;
  while (x >= count) x = (rng.uint32() & mask) >>> 0;
  return x;
}
