import { expect, test } from 'vitest';
import { LINUX6, RFC9293 } from './config.ts';
import { backedOff, RtoEstimator } from './rto.ts';
import { MS, SEC } from './types.ts';

// holds: RFC 6298 R1, R2
test('RFC 6298 §2: 1 s first; SRTT = R, RTTVAR = R/2 after one measurement', () => {
  const e = new RtoEstimator(LINUX6);
  expect(e.rto).toBe(1 * SEC);
  e.sample(100 * MS, LINUX6);
  // RTO = SRTT + 4 × RTTVAR = 100 + 4 × 50
  expect(e.rto).toBe(300 * MS);
});

// holds: RFC 6298 R3
test('RFC 6298 §2.3: RTTVAR uses the old SRTT; α = 1/8, β = 1/4', () => {
  const e = new RtoEstimator(LINUX6);
  e.sample(100 * MS, LINUX6);
  e.sample(180 * MS, LINUX6);
  // RTTVAR = 3/4 × 50 + 1/4 × |100 - 180| = 57.5; SRTT = 7/8 × 100 + 1/8 × 180 = 110
  expect(e.srtt).toBe(110 * MS);
  expect(e.rttvar).toBe(57.5 * MS);
  expect(e.rto).toBe(340 * MS);
});

// holds: RFC 6298 R4
test('RFC 6298 §2.4: whatever is computed, an RFC timer waits at least 1 s', () => {
  const e = new RtoEstimator(RFC9293);
  e.sample(1 * MS, RFC9293);
  expect(e.rto).toBe(1 * SEC);
});

// holds: RFC 6298 R5, R11
test('RFC 6298 §5.5: doubles up to the bound', () => {
  expect([0, 1, 2, 3, 9].map((n) => backedOff(1 * SEC, n, 60 * SEC) / SEC)).toEqual([1, 2, 4, 8, 60]);
});
