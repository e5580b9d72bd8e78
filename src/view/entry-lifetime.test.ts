import { expect, test } from 'vitest';
import type { ServerSpec } from '../sim/flood-model.ts';
import { entryLifetime } from './entry-lifetime.ts';

test.each([
  // T = 2^(n+1) - 1 s for n retransmissions (ip-sysctl, tcp_synack_retries: 5 gives 63 s).
  ['linux-6', {}, 63],
  ['linux-6', { tcp_synack_retries: 1 }, 3],
  ['linux-6', { tcp_synack_retries: 3 }, 15],
  // syncache_rexmtlimit 3.
  ['freebsd-14', {}, 15],
  // Stevens 2, §14: the 75 s connection-establishment timer.
  ['bsd-1996', {}, 75],
])('%s with %o keeps an entry %i s', (profile, settings, seconds) => {
  expect(entryLifetime({ profile, settings, tcp: {} } as unknown as ServerSpec)).toBe(seconds * 1e9);
});
