/** What a SYN proxy keeps of a client, from its SYN, or back from the ACK that brings a cookie. */
import { type CookieJar, cookieTsSack, cookieTsScale, encodeCookieTs } from '../../tcp/cookie.ts';
import { MS, type Nanos } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';
import { type Seq, seqAdd } from '../../wire/seq.ts';
import type { Announced, Client } from './splice-rows.ts';

/** RFC 7323 §2.3: a larger shift is taken as 14. */
const MAX_SCALE = 14;
/**
 * Odd, so no two ISNs fall together. A Linux cookie adds the client's ISN and the MSS index, and so is good for the ISN
 * before with the next larger MSS as well (measured on 6.18: a SYN to the server with both wrong). Spread apart, neighbours'
 * cookies are far from each other.
 */
const SPREAD = 0x9e3779b1;

/**
 * What `syn` and the announced options agree on, and the proxy's ISN. A `stateless` proxy agrees to window scale and SACK
 * only with timestamps, which carry them (Linux synproxy_init_timestamp_cookie).
 */
export function clientOfSyn(
  now: Nanos,
  syn: Readonly<Segment>,
  announced: Announced,
  jar: CookieJar,
  stateless: boolean,
  into: Client,
): void {
  into.isn = syn.seq;
  // RFC 9293 MUST-15.
  into.mss = syn.mss > 0 ? syn.mss : syn.src > 0xffffffff ? 1220 : 536;
  into.wnd = syn.wnd;
  into.tsVal = announced.timestamps ? syn.tsVal : -1;
  const able = !stateless || into.tsVal >= 0;
  into.ws = able && announced.wscale >= 0 && syn.ws >= 0 ? Math.min(syn.ws, MAX_SCALE) : -1;
  into.sackPerm = able && announced.sack && syn.sackPerm;
  into.proxyIsn = jar.make(now, syn.dst, syn.dport, syn.src, syn.sport, spread(syn.seq), into.mss);
  const clock = Math.floor(now / MS) >>> 0;
  const offset = jar.tsOffset(syn.dst, syn.src);
  into.proxyTs = into.tsVal < 0 ? -1 : (encodeCookieTs(clock, into.ws, into.sackPerm, false) + offset) >>> 0;
}

/**
 * Rebuilds a client from an ACK. False: SEG.ACK - 1 is no good cookie. A client that lost nothing but this ACK believes the
 * connection open with a window of 0, and probes from SND.UNA - 1 (Linux): then SEG.SEQ is the ISN itself. Looking twice
 * doubles the chance of a blind guess to 4 × 4 / 2^32.
 */
export function clientOfCookie(
  now: Nanos,
  ack: Readonly<Segment>,
  announced: Announced,
  jar: CookieJar,
  into: Client,
): boolean {
  const cookie = seqAdd(ack.ack, -1);
  let isn = seqAdd(ack.seq, -1);
  let mss = jar.check(now, ack.dst, ack.dport, ack.src, ack.sport, spread(isn), cookie);
  if (mss < 0) {
    isn = ack.seq;
    mss = jar.check(now, ack.dst, ack.dport, ack.src, ack.sport, spread(isn), cookie);
  }
  if (mss < 0) return false;
  into.isn = isn;
  into.proxyIsn = cookie;
  into.mss = mss;
  into.ws = -1;
  into.sackPerm = false;
  into.tsVal = -1;
  into.proxyTs = -1;
  if (announced.timestamps && ack.tsVal >= 0 && ack.tsEcr > 0) {
    const echoed = (ack.tsEcr - jar.tsOffset(ack.dst, ack.src)) >>> 0;
    into.tsVal = ack.tsVal;
    into.proxyTs = ack.tsEcr;
    if (announced.wscale >= 0) into.ws = cookieTsScale(echoed);
    into.sackPerm = announced.sack && cookieTsSack(echoed);
  }
  // The SYN's window is gone. This one is scaled, and a SYN's is not; Linux passes it on as it stands.
  into.wnd = Math.min(0xffff, ack.wnd << Math.max(0, into.ws));
  return true;
}

function spread(isn: Seq): Seq {
  return Math.imul(isn, SPREAD) >>> 0;
}
