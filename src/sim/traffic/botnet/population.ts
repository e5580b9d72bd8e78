/**
 * The bots of one kind as arithmetic: bot 3's address, which network that lies in, and whether the network filters forged
 * sources, all from the seed and without memory for any bot.
 */
import { jhash3 } from '../../../tcp/jhash.ts';
import { HalfopenError } from '../../../wire/error.ts';
import type { BotKindSpec, IngressSpec } from '../../flood-model.ts';
import { ingressPasses } from '../../middlebox/ingress-filter.ts';
import { type Prefix, parsePrefix } from '../../prefix.ts';
import { stream } from '../../rng.ts';
import { Permutation } from './permutation.ts';

export class Population {
  readonly spec: BotKindSpec;
  readonly count: number;
  readonly prefix: Prefix;
  /** Addresses in each of the networks that the bots sit in. */
  readonly networkSize: number;
  readonly #shuffle: Permutation;
  readonly #networkMask: number;
  readonly #filterKey: number;
  readonly #filterLimit: number;
  readonly #mode: IngressSpec['mode'];

  /** `whose` begins the sentence that refuses what is not safe. */
  constructor(spec: BotKindSpec, seed: number, ingress: IngressSpec, whose: string) {
    this.spec = spec;
    this.count = spec.count;
    this.prefix = parsePrefix(spec.prefix, whose);
    if (!(spec.count >= 0 && spec.count <= this.prefix.size)) {
      throw new HalfopenError(
        `${whose}: found ${spec.count} bots, expected 0 .. ${this.prefix.size} in ${spec.prefix}`,
      );
    }
    if (!(spec.networkBits >= this.prefix.bits && spec.networkBits <= 32)) {
      throw new HalfopenError(`${whose}: found networks of /${spec.networkBits}, expected /${this.prefix.bits} .. /32`);
    }
    this.networkSize = 2 ** (32 - spec.networkBits);
    this.#networkMask = spec.networkBits === 0 ? 0 : 0xffff_ffff << (32 - spec.networkBits);
    this.#shuffle = new Permutation(32 - this.prefix.bits, stream(seed, `bots/${spec.prefix}`));
    this.#filterKey = stream(seed, 'ingress').uint32() | 0;
    this.#filterLimit = ingress.deployed * 0x1_0000_0000;
    this.#mode = ingress.mode;
  }

  /** `index` in 0 .. count - 1. */
  addressOf(index: number): number {
    return this.prefix.first + this.#shuffle.at(index);
  }

  /** Whose address it is; -1: no bot's. */
  indexOf(address: number): number {
    if (address < this.prefix.first || address > this.prefix.last) return -1;
    const index = this.#shuffle.placeOf(address - this.prefix.first);
    return index < this.count ? index : -1;
  }

  /** First address of the network it lies in. */
  networkOf(address: number): number {
    return (address & this.#networkMask) >>> 0;
  }

  /** Does a source leave the network of the bot at `home`? */
  letsOut(home: number, source: number): boolean {
    const network = this.networkOf(home);
    if (!this.#filters(network)) return true;
    const { networkBits: bits } = this.spec;
    const size = this.networkSize;
    return ingressPasses(this.#mode, { first: network, last: network + size - 1, size, bits }, source);
  }

  /** A share of all networks does, and the seed decides which. */
  #filters(network: number): boolean {
    return jhash3(network | 0, this.spec.networkBits, 0, this.#filterKey) >>> 0 < this.#filterLimit;
  }
}
