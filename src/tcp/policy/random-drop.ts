/**
 * Random drop (Ricciulli, Lincoln and Kakkar, "TCP SYN Flooding Defense", CNDS 1999): a SYN that finds the queue full takes
 * the place of one of its entries, each equally likely.
 *
 * An entry survives n such SYNs with probability (1 - 1/B)^n, where B is the number of entries: no threshold as with
 * the oldest, but clients far away suffer more than those nearby. The paper goes on to drop on retransmission; that
 * refinement is not modelled.
 */
import { RANDOM_OUT } from '../rules-policy.ts';
import { acceptQueueFull, synQueueFull } from './drop-when-full.ts';
import type { ListenPolicy, SynVerdict } from './types.ts';

/** `below(n)`: an integer in 0 .. n - 1, each equally likely, from a random stream of the caller's. */
export function randomDrop(below: (n: number) => number): ListenPolicy {
  let walked = 0;
  return {
    name: 'random-drop',
    cookies: false,
    // FreeBSD's sodropablereq: from the head of the list to the one that was drawn.
    get walked(): number {
      return walked;
    },
    onSyn(_now, _syn, synQueue, acceptQueue, why): SynVerdict {
      const full = synQueueFull(synQueue, why);
      if (acceptQueueFull(acceptQueue, why)) return 'drop-accept-queue';
      if (!full) return 'queue';
      if (why !== null) why.act(RANDOM_OUT, synQueue.length, 0, 0);
      return 'evict';
    },
    // Drawn again while the row is empty. Only a full queue is asked, and of the rows ever used in one nearly all are
    // taken, so one draw does; after the backlog was lowered it takes rows / entries draws on average.
    victim(_now, synQueue): number {
      if (synQueue.length === 0) return -1;
      let row = below(synQueue.rows);
      while (!synQueue.occupied(row)) row = below(synQueue.rows);
      walked += row + 1;
      return row;
    },
  };
}
