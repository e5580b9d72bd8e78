/** A half-open connection from a SYN, into a Linux cookie, and back from the ACK that returns it (cookie_v4_check). */

import type { Segment } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import { CookieJar, cookieTsEcn, cookieTsSack, cookieTsScale, encodeCookieTs } from './cookie.ts';
import type { CookieMaker } from './cookie-maker.ts';
import { asksForEcn } from './ecn.ts';
import type { HalfOpen } from './half-open.ts';
import type { Nanos } from './types.ts';

/** RFC 7323 §2.3: a larger shift is taken as 14. */
const MAX_SCALE = 14;

/** Cookies as Linux makes them: only for SYNs that are not kept. */
export function linuxCookies(secret: Uint32Array): CookieMaker {
  const jar = new CookieJar(secret);
  return {
    everyIss: false,
    bake: (now, tsNow, half) => bakeCookie(now, tsNow, half, jar),
    redeem: (now, ack, port, config, into) => redeemCookie(now, ack, port, config, jar, into),
    tsOffset: (local, remote) => jar.tsOffset(local, remote),
  };
}

/** What `syn` and our own settings agree on. ISS, timestamp offset and times are left to be set. */
export function halfFromSyn(syn: Readonly<Segment>, port: number, config: TcpConfig, into: HalfOpen): void {
  into.local = syn.dst;
  into.localPort = port;
  into.remote = syn.src;
  into.remotePort = syn.sport;
  into.irs = syn.seq;
  // RFC 9293 MUST-15: without the option 536, for IPv6 1220; an MSS of 0 says nothing either.
  into.mss = syn.mss > 0 ? syn.mss : syn.src > 0xffffffff ? 1220 : 536;
  into.ws = syn.ws >= 0 && config.windowScale >= 0 ? Math.min(syn.ws, MAX_SCALE) : -1;
  into.sackPerm = syn.sackPerm && config.sack;
  into.ecn = asksForEcn(syn, config);
  into.tsRecent = config.timestamps ? syn.tsVal : -1;
  into.wnd = syn.wnd;
  into.timeouts = 0;
}

/**
 * Turns `half` into a cookie: sets its ISS and returns the TSval for the SYN/ACK. Without timestamps only the MSS
 * survives, so the other options are taken back.
 */
function bakeCookie(now: Nanos, tsNow: number, half: HalfOpen, jar: CookieJar): number {
  half.iss = jar.make(now, half.local, half.localPort, half.remote, half.remotePort, half.irs, half.mss);
  if (half.tsRecent < 0) {
    half.ws = -1;
    half.sackPerm = false;
    half.ecn = false;
    return 0;
  }
  half.tsOffset = jar.tsOffset(half.local, half.remote);
  return (encodeCookieTs(tsNow, half.ws, half.sackPerm, half.ecn) + half.tsOffset) >>> 0;
}

/** Rebuilds `into` from an ACK that carries a cookie. False when SEG.ACK - 1 is no good cookie. */
function redeemCookie(
  now: Nanos,
  ack: Readonly<Segment>,
  port: number,
  config: TcpConfig,
  jar: CookieJar,
  into: HalfOpen,
): boolean {
  into.irs = seqAdd(ack.seq, -1);
  into.iss = seqAdd(ack.ack, -1);
  const mss = jar.check(now, ack.dst, port, ack.src, ack.sport, into.irs, into.iss);
  if (mss < 0) return false;
  into.local = ack.dst;
  into.localPort = port;
  into.remote = ack.src;
  into.remotePort = ack.sport;
  into.mss = mss;
  into.ws = -1;
  into.sackPerm = false;
  into.ecn = false;
  into.tsRecent = -1;
  into.tsOffset = 0;
  into.wnd = ack.wnd; // the SYN's is gone; this segment's is what counts from here on
  into.timeouts = 0;
  into.synackAt = -1;
  if (config.timestamps && ack.tsVal >= 0 && ack.tsEcr > 0) {
    into.tsRecent = ack.tsVal;
    into.tsOffset = jar.tsOffset(into.local, into.remote);
    const echoed = (ack.tsEcr - into.tsOffset) >>> 0;
    if (config.windowScale >= 0) into.ws = cookieTsScale(echoed);
    into.sackPerm = config.sack && cookieTsSack(echoed);
    into.ecn = config.ecn !== 'off' && cookieTsEcn(echoed);
  }
  return true;
}
