/**
 * Initial sequence numbers: ISN = M + F(localip, localport, remoteip, remoteport, secretkey) (RFC 6528 §3, RFC 9293
 * MUST-8 and SHLD-1). M is a clock of 4 µs ticks, F is SipHash-2-4.
 */
import type { Seq } from '../wire/seq.ts';
import { deriveKey, KEY_ISN, SipHash } from './siphash.ts';
import type { Nanos } from './types.ts';

/** Nanoseconds per tick of M (RFC 9293 §3.4.1: "roughly every 4 microseconds"); it wraps after 4.77 hours. */
const ISN_TICK: Nanos = 4_000;

export class IsnGenerator {
  readonly #prf: SipHash;

  /** `secret`: the host's four random words. Two hosts with one secret and one clock choose the same numbers. */
  constructor(secret: Uint32Array) {
    this.#prf = new SipHash(deriveKey(secret, KEY_ISN));
  }

  /** The ISN for a connection opened at `now`: the same 4-tuple gets a larger number later, another one a random one. */
  isn(now: Nanos, local: number, localPort: number, remote: number, remotePort: number): Seq {
    // An IPv6 address is known by its handle, 2^32 + index: the lower word names it, the family goes in a word of its own.
    const family = remote > 0xffffffff ? 6 : 4;
    const f = this.#prf.hash4(local, remote, (localPort << 16) | remotePort, family);
    return (Math.floor(now / ISN_TICK) + f) >>> 0;
  }
}
