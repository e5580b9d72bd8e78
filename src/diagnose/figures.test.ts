import { expect, test } from 'vitest';
import { counted, grouped, percent, roughly, short, span } from './figures.ts';

test('grouped', () => {
  expect([0, 999, 1000, 37_669, 1_234_567.6, -1234].map(grouped)).toEqual([
    '0',
    '999',
    '1,000',
    '37,669',
    '1,234,568',
    '-1,234',
  ]);
});

test('percent: rare things do not read as none, nor common ones as all', () => {
  const shares = [0, 0.0000001, 0.002, 0.099, 0.4567, 0.995, 0.99999, 1];
  expect(shares.map(percent)).toEqual([
    '0 %',
    'less than 0.1 %',
    '0.2 %',
    '9.9 %',
    '46 %',
    '99.5 %',
    'more than 99.9 %',
    '100 %',
  ]);
});

test('span', () => {
  expect([0, 4000, 12e6, 0.25e9, 63e9, 270e9, 9000e9].map(span)).toEqual([
    '0 s',
    '4 µs',
    '12 ms',
    '0.25 s',
    '63 s',
    '4.5 min',
    '2.5 h',
  ]);
});

test('an estimate says so, unless it is of so few that they were told apart', () => {
  expect([roughly({ count: 35_731, error: 0.02 }, 'host'), roughly({ count: 2, error: 0.02 }, 'host')]).toEqual([
    'about 35,731 hosts',
    '2 hosts',
  ]);
  expect(roughly({ count: 400, error: 0 }, 'address', 'addresses')).toBe('400 addresses');
});

test('short and counted', () => {
  expect([1234.5, 99.94, 3.149, 2].map(short)).toEqual(['1,235', '99.9', '3.15', '2']);
  expect([counted(1, 'source'), counted(2, 'source'), counted(1200, 'address', 'addresses')]).toEqual([
    '1 source',
    '2 sources',
    '1,200 addresses',
  ]);
});
