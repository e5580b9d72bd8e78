/** Every listener defence, with what theory says of it: the table that the conformance suite runs over. */
import { stream } from '../../src/sim/rng.ts';
import type { ListenOptions } from '../../src/tcp/listen-options.ts';
import { dropWhenFull } from '../../src/tcp/policy/drop-when-full.ts';
import { oldestDrop } from '../../src/tcp/policy/oldest-drop.ts';
import { randomDrop } from '../../src/tcp/policy/random-drop.ts';
import { synCookies } from '../../src/tcp/policy/syn-cookies.ts';

export interface Contender {
  readonly name: string;
  /** A fresh listener's options, for a SYN queue of `capacity` entries. */
  listen(capacity: number, seed: number): ListenOptions;
  /**
   * Does a client get through that sends its SYN when `capacity` entries are there and no more come in before its ACK
   * but `n` further SYNs? `maybe`: chance decides.
   */
  passes(n: number, capacity: number): boolean | 'maybe';
  /** Most half-open entries under a flood of any size. */
  most(capacity: number): number;
}

const always = (): boolean => true;
const never = (): boolean => false;
const all = (capacity: number): number => capacity;

export const CONTENDERS: readonly Contender[] = [
  {
    name: 'drop-when-full',
    listen: (capacity) => ({ backlog: capacity - 1, policy: dropWhenFull() }),
    passes: never,
    most: all,
  },
  {
    name: 'drop-when-full with a reserve',
    // M = 4/3 B: the reserve of a quarter begins at about the same length (ground truth B).
    listen: (capacity) => ({ backlog: 4 * capacity, maxSynBacklog: 4 * (capacity >> 2) }),
    passes: never,
    most: (capacity) => 3 * (capacity >> 2) + 1,
  },
  {
    name: 'oldest-drop',
    listen: (capacity) => ({ backlog: capacity - 1, policy: oldestDrop() }),
    // Its own SYN puts one out; it is the oldest of B once B - 1 more have come, and out with the B-th.
    passes: (n, capacity) => n < capacity,
    most: all,
  },
  {
    name: 'random-drop',
    listen: (capacity, seed) => {
      const random = stream(seed, 'random-drop');
      return { backlog: capacity - 1, policy: randomDrop((n) => random.below(n)) };
    },
    passes: (n) => (n === 0 ? true : 'maybe'),
    most: all,
  },
  {
    name: 'cookies when full',
    listen: (capacity) => ({ backlog: capacity - 1, policy: synCookies('when-full') }),
    passes: always,
    most: all,
  },
  {
    name: 'cookies always',
    listen: (capacity) => ({ backlog: capacity - 1, policy: synCookies('always') }),
    passes: always,
    most: () => 0,
  },
];
