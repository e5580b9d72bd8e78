/**
 * What a bot's access link lets through when orders ask for more. A bot that carries out several orders sends for each in
 * proportion; all that is asked of it together never exceeds its uplink.
 */

/** What one order asks of a bot, and of that what its link carries when nothing else is asked. */
export interface Asking {
  /** Bots that carry it out. Who carries out the rarer of two orders carries out the other one, too. */
  readonly bots: number;
  /** SYNs a second. */
  readonly rate: number;
}

/** SYNs a second of all bots of a kind together. */
export function rateTogether(orders: readonly Asking[], uplink: number): number {
  const byBots = [...orders].sort((a, b) => b.bots - a.bots);
  let asked = 0;
  let sum = 0;
  byBots.forEach(({ bots, rate }, i) => {
    asked += rate;
    sum += (bots - (byBots[i + 1]?.bots ?? 0)) * Math.min(asked, uplink);
  });
  return sum;
}

/** Of the SYNs that an order of `rate` could send alone, the share that is sent while `asked` is asked in all. */
export function shareSent(rate: number, asked: number, uplink: number): number {
  if (asked <= uplink) return 1;
  return (rate * uplink) / asked / Math.min(rate, uplink);
}
