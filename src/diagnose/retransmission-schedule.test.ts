import { expect, test } from 'vitest';
import { scheduleKind } from './retransmission-schedule.ts';

const seconds = (...gaps: number[]): number[] => gaps.map((gap) => gap * 1e9);
const kind = (gaps: number[]): string => scheduleKind(gaps.length + 1, gaps);

test('what stacks do', () => {
  expect(scheduleKind(1, [])).toBe('once');
  // RFC 6298 §2.1 and §5.5; Linux before 6.5.
  expect(kind(seconds(1, 2, 4, 8, 16, 32))).toBe('backoff');
  // RFC 1122 §4.2.3.1.
  expect(kind(seconds(3, 6, 12))).toBe('backoff');
  // Timers run late: seen from Linux over a real path.
  expect(kind(seconds(1.013, 2.016, 4.192, 8.064))).toBe('backoff');
  // Linux 6.5 and later, tcp_syn_linear_timeouts = 4.
  expect(kind(seconds(1, 1, 1, 1, 2, 4, 8))).toBe('linear');
  // macOS.
  expect(kind(seconds(1, 1, 1, 1, 1, 2, 4))).toBe('linear');
  // TCP_RTO_MAX.
  expect(kind(seconds(64, 120, 120))).toBe('backoff');
});

test('one gap: a stack waits one or three seconds first', () => {
  expect(kind(seconds(1.02))).toBe('backoff');
  expect(kind(seconds(3))).toBe('backoff');
  expect(kind(seconds(7))).toBe('irregular');
  expect(kind(seconds(0.05))).toBe('copies');
});

test('what no stack does', () => {
  expect(kind(seconds(0.001, 0.001))).toBe('copies');
  expect(kind(seconds(5, 5, 5))).toBe('copies');
  expect(kind(seconds(1, 1, 1, 1, 1, 1, 1))).toBe('copies');
  expect(kind(seconds(1, 2, 1, 2))).toBe('irregular');
  expect(kind(seconds(1, 9))).toBe('irregular');
});
