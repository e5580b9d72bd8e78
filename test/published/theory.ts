/** What theory says about SYN queues under a flood, as closed formulas: the numbers that `docs/published.md` puts beside runs. */

/**
 * Seconds a half-open entry lives when nobody answers and the SYN/ACK is repeated `retries` times after 1, 2, 4 … s
 * (RFC 6298 §5.5; ip-sysctl, tcp_synack_retries: 5 retries, 63 s).
 */
export function entryLife(retries: number): number {
  return 2 ** (retries + 1) - 1;
}

/** The flood, in SYNs per second, that just fills a queue of `room` entries: Little's law, room = rate × life. */
export function fillRate(room: number, life: number): number {
  return room / life;
}

/**
 * Share of SYNs that find a queue of `room` entries full when they come as a Poisson process of `offered` per entry's life:
 * Erlang's loss formula (Erlang 1917), by its recursion. It holds for any law of the life, a fixed one included.
 */
export function erlangB(room: number, offered: number): number {
  let blocked = 1;
  for (let k = 1; k <= room; k++) blocked = (offered * blocked) / (k + offered * blocked);
  return blocked;
}

/**
 * Chance of an entry of a full queue to be there after `syns` more SYNs, each of which throws out one of `room` entries,
 * drawn by lot: (1 - 1/B)^n (Wolff and Schryver, NANOG, September 1996; Ricciulli, Lincoln and Kakkar 1999).
 */
export function randomDropSurvival(room: number, syns: number): number {
  return (1 - 1 / room) ** syns;
}

/** The same when each SYN throws out the oldest: `room - 1` more SYNs are survived, not one more (RFC 4987 §3.4). */
export function oldestDropSurvives(room: number, syns: number): boolean {
  return syns < room;
}

/**
 * Chance of an entry of a SYN cache to be there after `seconds` (Lemon 2002, whose cache this is): up to `limit - 1` of
 * the SYNs since then may have fallen into its bucket, and they fall there as a Poisson process.
 */
export function bucketSurvival(buckets: number, limit: number, rate: number, seconds: number): number {
  return poissonAtMost(limit - 1, (rate / buckets) * seconds);
}

/** P(X <= most) of a Poisson variable. */
export function poissonAtMost(most: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let k = 1; k <= most; k++) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}
