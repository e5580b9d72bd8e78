/** How far away a sender is, from the time to live of its packets. */

/**
 * The time to live a sender began with: the next of 64 (Linux, macOS, BSD), 128 (Windows) and 255 (network gear, Solaris).
 * 32 and 60 are as old as the hosts that used them.
 */
export function initialTtl(ttl: number): number {
  return ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
}

/** Routers passed on the way. */
export function hopsOf(ttl: number): number {
  return initialTtl(ttl) - ttl;
}
