/**
 * SYN cookies as Linux makes them (RFC 4987 §3.6; net/ipv4/syncookies.c): the listener keeps nothing, the ISS of the
 * SYN/ACK carries the client's MSS under a MAC, and the lower bits of the timestamp carry the other options.
 *
 *     ISS = H1(4-tuple) + client ISN + (minutes << 24) + ((H2(4-tuple, minutes) + MSS index) mod 2^24)
 *
 * Ground truth: section 3 of the measurements on Linux 6.18. Differs from Linux in the keyed hash only: an IPv6 address
 * enters as its handle, which names it within one address table.
 */
import type { Seq } from '../wire/seq.ts';
import { deriveKey, KEY_COOKIE_BASE, KEY_COOKIE_COUNT, KEY_TS_OFFSET, SipHash } from './siphash.ts';
import type { Nanos } from './types.ts';
import { SEC } from './types.ts';

/** What the count in a cookie counts: minutes of the listener's clock. */
const COOKIE_PERIOD: Nanos = 60 * SEC;
/** A cookie is good while the count has advanced by less than this: until the second minute boundary, 60-120 s. */
const COOKIE_MAX_AGE = 2;
/** Listeners that sent no cookie for this long do not look at cookies at all (Linux TCP_SYNCOOKIE_VALID). */
export const COOKIE_MEMORY: Nanos = COOKIE_MAX_AGE * COOKIE_PERIOD;

/** The MSS values a cookie can express; the client's is rounded down, and below the first it becomes the first. */
const COOKIE_MSS_V4: readonly number[] = [536, 1300, 1440, 1460];
const COOKIE_MSS_V6: readonly number[] = [1220, 1420, 1440, 8940];

/** Index into the table of the largest value <= `mss`, 0 when all are larger. */
function cookieMssIndex(mss: number, v6: boolean): number {
  const table = v6 ? COOKIE_MSS_V6 : COOKIE_MSS_V4;
  let index = table.length - 1;
  while (index > 0 && mss < table[index]!) index--;
  return index;
}

export class CookieJar {
  readonly #base: SipHash;
  readonly #counted: SipHash;
  readonly #offsets: SipHash;

  /** `secret`: the host's four random words. */
  constructor(secret: Uint32Array) {
    this.#base = new SipHash(deriveKey(secret, KEY_COOKIE_BASE));
    this.#counted = new SipHash(deriveKey(secret, KEY_COOKIE_COUNT));
    this.#offsets = new SipHash(deriveKey(secret, KEY_TS_OFFSET));
  }

  /** The ISS that stands for a SYN with sequence number `irs` and MSS `mss`. Same minute, same SYN: same cookie. */
  make(now: Nanos, local: number, localPort: number, remote: number, remotePort: number, irs: Seq, mss: number): Seq {
    const v6 = remote > 0xffffffff;
    const family = v6 ? FAMILY_V6 : 0;
    const ports = (remotePort << 16) | localPort;
    const count = Math.floor(now / COOKIE_PERIOD);
    const h1 = this.#base.hash4(remote, local, ports, family);
    const h2 = this.#counted.hash4(remote, local, ports, count | family);
    return (h1 + irs + (count << 24) + ((h2 + cookieMssIndex(mss, v6)) & LOW_24)) >>> 0;
  }

  /**
   * The MSS that `cookie` (SEG.ACK - 1) carries, or -1 when it is none of ours or too old. `irs` is SEG.SEQ - 1.
   * A guess passes with probability 2 × 4 / 2^32: two counts and four MSS values are good.
   */
  check(
    now: Nanos,
    local: number,
    localPort: number,
    remote: number,
    remotePort: number,
    irs: Seq,
    cookie: Seq,
  ): number {
    const v6 = remote > 0xffffffff;
    const family = v6 ? FAMILY_V6 : 0;
    const ports = (remotePort << 16) | localPort;
    const count = Math.floor(now / COOKIE_PERIOD);
    const rest = (cookie - irs - this.#base.hash4(remote, local, ports, family)) | 0;
    const age = (count - (rest >>> 24)) & 0xff; // only the low 8 bits of the count travel
    if (age >= COOKIE_MAX_AGE) return -1;
    const h2 = this.#counted.hash4(remote, local, ports, (count - age) | family);
    const index = (rest - h2) & LOW_24;
    const table = v6 ? COOKIE_MSS_V6 : COOKIE_MSS_V4;
    return index < table.length ? table[index]! : -1;
  }

  /**
   * What we add to our clock to make the TSval for a peer, uint32 (Linux secure_tcp_ts_off). It hides the uptime, and
   * must be recomputable because a cookie's options sit below it.
   */
  tsOffset(local: number, remote: number): number {
    return this.#offsets.hash4(local, remote, remote > 0xffffffff ? FAMILY_V6 : 0, 0) >>> 0;
  }
}

/**
 * The clock value, before the offset, of a cookie's SYN/ACK: the latest time <= `tsNow` whose low 6 bits are the options
 * (so it is up to 63 ms early, and never late). `ws` is the peer's shift or -1.
 */
export function encodeCookieTs(tsNow: number, ws: number, sack: boolean, ecn: boolean): number {
  const bits = (ws < 0 ? NO_SCALE : ws) | (sack ? SACK_BIT : 0) | (ecn ? ECN_BIT : 0);
  const ts = (tsNow & ~TS_MASK) | bits;
  return (ts >>> 0 > tsNow ? ts - (TS_MASK + 1) : ts) >>> 0;
}

/** The peer's window scale shift in an echoed clock value (offset already taken off), or -1. */
export function cookieTsScale(ts: number): number {
  const ws = ts & NO_SCALE;
  return ws === NO_SCALE ? -1 : ws;
}

/** Whether SACK had been agreed on. */
export function cookieTsSack(ts: number): boolean {
  return (ts & SACK_BIT) !== 0;
}

/** Whether ECN had been agreed on. */
export function cookieTsEcn(ts: number): boolean {
  return (ts & ECN_BIT) !== 0;
}

const LOW_24 = 0xffffff;
/** Minutes stay far below 2^31, so the top bit of the count's word is free to tell the address family. */
const FAMILY_V6 = 0x80000000 | 0;
/** Layout of the low 6 bits of a cookie's timestamp (syncookies.c: TS_OPT_WSCALE_MASK, TS_OPT_SACK, TS_OPT_ECN). */
const TS_MASK = 0x3f;
const NO_SCALE = 0x0f;
const SACK_BIT = 0x10;
const ECN_BIT = 0x20;
