import { expect, test } from 'vitest';
import { aProfile, aSource, aTally } from '../../../test/support/profile-builder.ts';
import type { TargetProfile } from '../detect/target-profile.ts';
import { downForAll } from './down-for-all.ts';

const CLIENT = aSource({ address: 1 });

test('a socket is down where nobody is answered and several wait for an answer or come again', () => {
  expect(downForAll(CLIENT, sockets(6, { backoff: 9 }))).toBe(1);
  expect(downForAll(CLIENT, sockets(6, { never: 9 }))).toBe(0);
  expect(downForAll(CLIENT, sockets(6, { never: 9, attempts: 10 }))).toBe(1);
  expect(downForAll(CLIENT, sockets(6, { backoff: 9, answered: 3 }))).toBe(0);
  expect(downForAll(CLIENT, sockets(6, { backoff: 9, clients: 2 }))).toBe(0);
});

test('of the sockets that it tried; where those are not known, of all that answered nobody', () => {
  const [down, up] = [sockets(5, { backoff: 9 }), sockets(15, { never: 9 })];
  expect(downForAll(CLIENT, [...down, ...up])).toBe(0.25);
  // Five sources are known of each socket, 0 to 4.
  expect(downForAll(aSource({ address: 99 }), [...down, ...sockets(5, { answered: 9 })])).toBe(1);
});

interface Socket {
  readonly attempts?: number;
  readonly clients?: number;
  readonly answered?: number;
  readonly backoff?: number;
  readonly never?: number;
}

function sockets(
  count: number,
  { attempts = 9, clients = 5, answered = 0, backoff = 0, never = 0 }: Socket,
): TargetProfile[] {
  const calm = aProfile();
  const one = aProfile({
    counts: { ...calm.counts, attempts, answered, completed: 0 },
    sources: aTally(attempts, clients),
    resending: { backoff, copies: 0, never, notWatched: 0 },
  });
  return Array.from({ length: count }, () => one);
}
