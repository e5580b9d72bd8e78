/** What the SYNs at one target look like: TTLs, windows, options, source ports, and addresses that cannot be. */
import { IPV6_BASE } from '../../wire/address.ts';
import type { Segment } from '../../wire/segment.ts';
import { SynPrints } from './syn-prints.ts';
import type { SynTraits } from './target-profile.ts';

export class SynShape {
  #attempts = 0;
  #withoutOptions = 0;
  #impossible = 0;
  #unrouted = 0;
  #withData = 0;
  #portBelow1024 = 0;
  #portRepeated = 0;
  #portNext = 0;
  #lastPort = -2;
  readonly #ttls = new Uint32Array(256);
  readonly #prints = new SynPrints();

  /** A SYN; `print` is the number of its option list, `unlikely` what `unlikelySource` says. Hot. */
  add(seg: Readonly<Segment>, ttl: number, print: number, unlikely: number): void {
    this.#attempts++;
    this.#ttls[ttl & 255]!++;
    this.#prints.add(seg.wnd, print);
    if (print === 0) this.#withoutOptions++;
    if (seg.len > 0) this.#withData++;
    // On a loopback interface its addresses are no wonder, nor is a host that talks to itself; one port to itself is.
    const forged = unlikely === 2 ? !isLoopback(seg.dst) : seg.src === seg.dst && seg.sport === seg.dport;
    if (forged) this.#impossible++;
    else if (unlikely === 1) this.#unrouted++;
    const port = seg.sport;
    if (port < 1024) this.#portBelow1024++;
    const step = port - this.#lastPort;
    if (step === 0) this.#portRepeated++;
    else if (step === 1) this.#portNext++;
    this.#lastPort = port;
  }

  /** As another is. */
  set(other: SynShape): void {
    this.#attempts = other.#attempts;
    this.#withoutOptions = other.#withoutOptions;
    this.#impossible = other.#impossible;
    this.#unrouted = other.#unrouted;
    this.#withData = other.#withData;
    this.#portBelow1024 = other.#portBelow1024;
    this.#portRepeated = other.#portRepeated;
    this.#portNext = other.#portNext;
    this.#lastPort = other.#lastPort;
    this.#ttls.set(other.#ttls);
    this.#prints.set(other.#prints);
  }

  /** Counts all that `other` has counted. */
  merge(other: SynShape): void {
    this.#attempts += other.#attempts;
    this.#withoutOptions += other.#withoutOptions;
    this.#impossible += other.#impossible;
    this.#unrouted += other.#unrouted;
    this.#withData += other.#withData;
    this.#portBelow1024 += other.#portBelow1024;
    this.#portRepeated += other.#portRepeated;
    this.#portNext += other.#portNext;
    other.#ttls.forEach((attempts, ttl) => {
      this.#ttls[ttl]! += attempts;
    });
    this.#prints.merge(other.#prints);
  }

  read(optionBytes: (print: number) => Uint8Array): SynTraits {
    return {
      attempts: this.#attempts,
      withoutOptions: this.#withoutOptions,
      impossible: this.#impossible,
      unrouted: this.#unrouted,
      withData: this.#withData,
      portBelow1024: this.#portBelow1024,
      portRepeated: this.#portRepeated,
      portNext: this.#portNext,
      ttls: readTtls(this.#ttls),
      prints: this.#prints.read(optionBytes),
      printsLost: this.#prints.lost,
    };
  }
}

function isLoopback(handle: number): boolean {
  return handle < IPV6_BASE && handle >>> 24 === 127;
}

/** Most frequent first. */
export function readTtls(ttls: Uint32Array): { readonly ttl: number; readonly attempts: number }[] {
  const seen: { ttl: number; attempts: number }[] = [];
  ttls.forEach((attempts, ttl) => {
    if (attempts > 0) seen.push({ ttl, attempts });
  });
  return seen.sort((a, b) => b.attempts - a.attempts || a.ttl - b.ttl);
}
