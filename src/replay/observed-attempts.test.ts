import { expect, test } from 'vitest';
import { aHalfOpenAttempt } from '../../test/support/findings-builder.ts';
import { ObservedAttempts } from './observed-attempts.ts';
import { workloadFor } from './workload.ts';

test('a SYN repeated more often than there is room for at first', () => {
  const observed = new ObservedAttempts();
  const gaps = Array.from({ length: 3000 }, () => 1e6);
  const attempt = aHalfOpenAttempt({ synSchedule: { sent: 3001, gaps, kind: 'copies' } });
  observed.add(attempt);
  const { floods, counts } = workloadFor(observed, { address: attempt.server, port: attempt.serverPort });
  expect(counts).toMatchObject({ attempts: 1, people: 0, silentSyns: 3001, silentSources: 1, span: 3000e6 });
  const { at } = floods[0]!.syns;
  expect(at[3000]! - at[0]!).toBe(3000e6);
});
