import { expect, test } from 'vitest';
import { aFlood, aHalfOpenAttempt, anAttempt, someFindings } from '../../../test/support/findings-builder.ts';
import type { Attempt } from '../../diagnose/attempt.ts';
import { TellingAttempts } from './telling-attempts.ts';

const SEC = 1e9;
const numbers = (attempts: readonly Attempt[]): number[] => attempts.map(({ firstPacket }) => firstPacket);

test('of a flood: two of the most frequent verdict within its time, and an ordinary one for contrast', () => {
  const telling = new TellingAttempts();
  for (let i = 0; i < 10_000; i++)
    offer(telling, aHalfOpenAttempt({ firstPacket: 10 + i, firstAt: 10 * SEC + i * 3e6, client: i }));
  offer(telling, anAttempt({ firstPacket: 2, firstAt: 1 * SEC }));
  offer(telling, anAttempt({ firstPacket: 5000, firstAt: 20 * SEC }));
  offer(telling, anAttempt({ firstPacket: 5001, firstAt: 20 * SEC, server: 1 }));
  expect(numbers(telling.of(aFlood()))).toEqual([10, expect.any(Number), 5000]);
});

test('the packets that a judgement names come first', () => {
  const telling = new TellingAttempts();
  for (let i = 0; i < 8; i++) offer(telling, aHalfOpenAttempt({ firstPacket: i, firstAt: 20 * SEC }));
  expect(numbers(telling.of(aFlood({ telling: [5, 7] })))).toEqual([5, 7]);
});

test('a million sockets take no more room than some hundreds', () => {
  const telling = new TellingAttempts();
  const attempt = anAttempt({ client: 7 });
  for (let i = 0; i < 100_000; i++) {
    offer(telling, { ...attempt, serverPort: i % 65_536, server: i >>> 16, firstPacket: i, firstAt: 20 * SEC });
  }
  const scan = aFlood({ kind: 'scan', subject: { role: 'source', address: 7, port: -1, prefix: '' }, telling: [] });
  expect(telling.of(scan)).toHaveLength(2);
});

test('kept rows span the whole capture', () => {
  const telling = new TellingAttempts();
  for (let i = 0; i < 5000; i++) offer(telling, aHalfOpenAttempt({ firstPacket: i, firstAt: 10 * SEC + i * 1e6 }));
  const late = aFlood({ onset: 14.5 * SEC, end: 15 * SEC });
  expect(telling.of(late).length).toBeGreaterThan(0);
});

test('nothing found: one of each verdict', () => {
  const telling = new TellingAttempts();
  for (let i = 0; i < 5; i++) offer(telling, anAttempt({ firstPacket: i }));
  offer(telling, aHalfOpenAttempt({ firstPacket: 9 }));
  const [first] = someFindings().judgements;
  expect(numbers(telling.of({ ...first!, kind: 'nothing', telling: [] }))).toEqual([0, 9]);
  expect(numbers(telling.of(undefined)).slice(-1)).toEqual([9]);
});

/** As the tracker does: asked first, built if wanted. */
function offer(telling: TellingAttempts, attempt: Attempt): void {
  if (telling.wants(attempt.server, attempt.serverPort, attempt.verdict)) telling.add(attempt);
}
