/**
 * SYN cookies as FreeBSD makes them since 10.0 (tcp_syncache.c, syncookie_generate and syncookie_lookup):
 *
 *     ISS = 24 bits of MAC | (MSS index 3 | window scale index 3 | SACK 1 | which secret 1, under the top 8 bits of the MAC)
 *
 * The MAC covers the 4-tuple, the client's ISN and the eight bits. A secret makes cookies for 15 s and is good for 15 s
 * more, so a cookie is good for 15 to 30 s. Unlike Linux' cookies these carry window scale and SACK without timestamps,
 * the scale rounded down to one of seven; ECN is lost. A guess passes with probability 2^-24, whatever its eight bits.
 *
 * Differs from FreeBSD in what the MAC covers: not the bucket of the SYN cache, an IPv6 address as its handle; secrets
 * follow from the host's instead of being drawn. A SYN without MSS counts as 536 here, where FreeBSD's cookie says 216.
 */
import { type Seq, seqAdd } from '../wire/seq.ts';
import { CookieJar } from './cookie.ts';
import type { CookieMaker } from './cookie-maker.ts';
import type { HalfOpen } from './half-open.ts';
import { deriveKey, KEY_FREEBSD_COOKIE, SipHash } from './siphash.ts';
import { type Nanos, SEC } from './types.ts';

/** SYNCOOKIE_LIFETIME: a new secret each 15 s, in the place of the one before the last. */
const SECRET_LIFE: Nanos = 15 * SEC;
/** tcp_sc_msstab: what the MSS index means; an MSS between two is rounded down. */
const MSS: readonly number[] = [216, 536, 1200, 1360, 1400, 1440, 1452, 1460];
/** tcp_sc_wstab: what the scale index means; 0 = no window scaling. */
const SCALE: readonly number[] = [0, 0, 1, 2, 4, 6, 7, 8];

/** `secret`: the host's four random words. */
export function freebsdCookies(secret: Uint32Array): CookieMaker {
  const offsets = new CookieJar(secret);
  const secrets = new Secrets(secret);
  return {
    everyIss: true,
    bake(now, tsNow, half): number {
      const period = Math.floor(now / SECRET_LIFE);
      half.iss = makeCookie(secrets.of(period), half, period & 1);
      if (half.tsRecent < 0) return 0;
      half.tsOffset = offsets.tsOffset(half.local, half.remote);
      return (tsNow + half.tsOffset) >>> 0;
    },
    redeem(now, ack, port, config, into): boolean {
      into.local = ack.dst;
      into.localPort = port;
      into.remote = ack.src;
      into.remotePort = ack.sport;
      into.irs = seqAdd(ack.seq, -1);
      into.iss = seqAdd(ack.ack, -1);
      const bits = bitsOf(into.iss);
      const period = Math.floor(now / SECRET_LIFE);
      const made = (period & 1) === (bits & ODD_BIT) ? period : period - 1;
      if (made < 0 || ((into.iss ^ mac(secrets.of(made), into, bits)) & ~0xff) !== 0) return false;
      const scale = (bits >>> SCALE_SHIFT) & 7;
      into.mss = MSS[bits >>> MSS_SHIFT]!;
      into.ws = scale > 0 && config.windowScale >= 0 ? SCALE[scale]! : -1;
      into.sackPerm = config.sack && (bits & SACK_BIT) !== 0;
      into.ecn = false;
      into.wnd = ack.wnd; // the SYN's is gone; this segment's is what counts from here on
      into.timeouts = 0;
      into.synackAt = -1;
      // "We enable them when the ACK has them."
      into.tsRecent = config.timestamps ? ack.tsVal : -1;
      into.tsOffset = into.tsRecent < 0 ? 0 : offsets.tsOffset(into.local, into.remote);
      return true;
    },
    tsOffset: (local, remote) => offsets.tsOffset(local, remote),
  };
}

function makeCookie(prf: SipHash, half: Readonly<HalfOpen>, odd: number): Seq {
  const bits =
    (indexOf(MSS, half.mss) << MSS_SHIFT) |
    (half.ws < 0 ? 0 : indexOf(SCALE, half.ws) << SCALE_SHIFT) |
    (half.sackPerm ? SACK_BIT : 0) |
    odd;
  const hash = mac(prf, half, bits);
  return ((hash & ~0xff) | (bits ^ (hash >>> 24))) >>> 0;
}

/** The eight bits of a cookie, out from under the top of its MAC. */
function bitsOf(cookie: Seq): number {
  return (cookie & 0xff) ^ (cookie >>> 24);
}

function mac(prf: SipHash, half: Readonly<HalfOpen>, bits: number): number {
  const ports = (half.remotePort << 16) | half.localPort;
  const low = prf.hash6(half.remote, half.local, ports, half.irs, bits, half.remote > 0xffffffff ? 6 : 4);
  return low ^ prf.hi;
}

/** Index of the last entry <= `value`, 0 when all are larger. */
function indexOf(table: readonly number[], value: number): number {
  let index = table.length - 1;
  while (index > 0 && table[index]! > value) index--;
  return index;
}

/** The two secrets that are alive, by parity of their period. */
class Secrets {
  readonly #prf: SipHash;
  readonly #periods: [number, number] = [-1, -1];
  readonly #keyed: [SipHash, SipHash];

  constructor(secret: Uint32Array) {
    const key = deriveKey(secret, KEY_FREEBSD_COOKIE);
    this.#prf = new SipHash(key);
    this.#keyed = [this.#prf, this.#prf];
  }

  /** The hash under the secret of that period of 15 s. */
  of(period: number): SipHash {
    const side = (period & 1) as 0 | 1;
    if (this.#periods[side] !== period) {
      const key = new Uint32Array(4);
      for (let i = 0; i < 2; i++) {
        key[2 * i] = this.#prf.hash4(period, i, 0, 0);
        key[2 * i + 1] = this.#prf.hi;
      }
      this.#periods[side] = period;
      this.#keyed[side] = new SipHash(key);
    }
    return this.#keyed[side];
  }
}

/** `union syncookie`: odd_even is the lowest bit. */
const ODD_BIT = 1;
const SACK_BIT = 2;
const SCALE_SHIFT = 2;
const MSS_SHIFT = 5;
