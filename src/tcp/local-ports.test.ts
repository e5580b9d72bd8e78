/** Ports for who asks for none. */
import { expect, test } from 'vitest';
import { LocalPorts } from './local-ports.ts';

test('each port of the range in turn, round and round, without those in use', () => {
  const ports = new LocalPorts(10, 13, 2);
  const free = (port: number): boolean => port === 11;
  expect([1, 2, 3, 4].map(() => ports.take(free))).toEqual([12, 13, 10, 12]);
});

test('all in use: none', () => {
  const ports = new LocalPorts(10, 13, 0);
  expect(ports.take(() => true)).toBeUndefined();
  expect(ports.take(() => false)).toBe(10);
});
