/** What the SYN exchange agrees on: MSS, window scale, SACK, timestamps (RFC 9293 §3.7.1, RFC 7323, RFC 2018). */
import { isIpv6 } from '../wire/address.ts';
import type { Segment } from '../wire/segment.ts';
import type { TcpConfig } from './config.ts';
import type { Path } from './path.ts';
import type { Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';

/** RFC 7323 §2.3: "If a window scale option is received with a shift.cnt value larger than 14 … use 14". */
const MAX_SCALE = 14;
/** Bytes a timestamps option takes in every segment, padded to a multiple of four (RFC 7323 appendix A). */
const TS_BYTES = 12;
/** An MSS of a few bytes would send headers only: Linux clamps at 48 too (TCP_MIN_SND_MSS). */
const LEAST_MSS = 48;

/** The MSS we announce to that address and keep to ourselves: an IPv6 header is 20 bytes longer (RFC 9293 §3.7.1). */
export function ownMss(config: TcpConfig, remote: number): number {
  return isIpv6(remote) ? Math.max(1, config.mss - 20) : config.mss;
}

/** Takes the options of the peer's SYN or SYN/ACK. */
export function agreeOptions(t: Tcb, syn: Readonly<Segment>, now: Nanos): void {
  setOptions(t, syn.mss, syn.ws, syn.sackPerm, syn.tsVal, now);
}

/** The same from values kept in a SYN queue entry or a cookie. `mss`, `ws` and `tsVal` are -1 where absent. */
export function setOptions(t: Tcb, mss: number, ws: number, sackPerm: boolean, tsVal: number, now: Nanos): void {
  const { config } = t;
  if (ws >= 0 && config.windowScale >= 0) {
    t.scaleOk = true;
    t.sndScale = Math.min(MAX_SCALE, ws);
    t.rcvScale = config.windowScale;
  }
  t.sackOk = sackPerm && config.sack;
  if (tsVal >= 0 && config.timestamps) {
    t.tsOk = true;
    t.tsRecent = tsVal;
    t.tsRecentAt = now;
  }
  let full = effectiveMss(config, mss, t.remote);
  if (t.path !== null) full = Math.min(full, t.path.mss);
  t.sndMss = full - (t.tsOk ? TS_BYTES : 0);
  t.cwnd = initialWindow(t.sndMss, config.initialWindow);
}

/** The path carries `mss` bytes of text and options in a segment. True when segments become smaller by that. */
export function lowerMss(t: Tcb, path: Path, mss: number): boolean {
  path.mss = Math.max(LEAST_MSS, mss);
  if (t.state === 'SYN-SENT') return path.mss < ownMss(t.config, t.remote);
  const sndMss = path.mss - (t.tsOk ? TS_BYTES : 0);
  if (sndMss >= t.sndMss) return false;
  // The window stays as many segments wide as it was.
  t.cwnd = Math.max(1, Math.floor(t.cwnd / t.sndMss)) * sndMss;
  t.sndMss = sndMss;
  return true;
}

/** Largest segment to send: the peer's MSS or, without one, 536 (IPv4) or 1220 (IPv6) (RFC 9293 MUST-15). */
function effectiveMss(config: TcpConfig, peer: number, remote: number): number {
  const announced = peer > 0 ? Math.max(peer, LEAST_MSS) : isIpv6(remote) ? 1220 : 536;
  return Math.min(ownMss(config, remote), announced);
}

/** RFC 6928 §2: min(10 × MSS, max(2 × MSS, 14600)), with the 10 configurable. */
export function initialWindow(mss: number, segments: number): number {
  return Math.min(segments * mss, Math.max(2 * mss, segments * 1460));
}
