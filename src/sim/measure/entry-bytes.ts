/**
 * What a half-open connection costs the modelled system in memory, in bytes: a stated size per entry, since the rows of
 * this engine's own SYN queue are nobody's but ours.
 */

/** By profile. The RFC names no size; its entries are counted as Linux'. */
const BY_PROFILE: Readonly<Record<string, number>> = {
  // request_sock_TCP in /proc/slabinfo, Linux 6.18.44, x86-64.
  'linux-6': 320,
  rfc9293: 320,
  // Lemon, BSDCon 2002: struct syncache, and socket, inpcb and tcpcb before it.
  'freebsd-14': 160,
  'bsd-1996': 736,
};
const SYN_CACHE = 160;

/** Of a listener with that policy (its name as reports have it). */
export function entryBytes(profile: string, policy: string): number {
  if (/syn-cache|cookie-pause/.test(policy)) return SYN_CACHE;
  return BY_PROFILE[profile] ?? 320;
}
