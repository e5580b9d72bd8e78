import { expect, test } from 'vitest';
import { floodReport, floodSeries } from '../../test/support/flood-report-builder.ts';
import { nextSample } from './flood-jumps.ts';

const REPORT = floodReport({
  series: floodSeries(5, { dropsSynQueue: [0, 0, 7, 0, 0], dropsBox: [0, 0, 0, 1, 0], expired: [0, 0, 0, 0, 2] }),
  moments: [{ t: 1.5e9, what: 'flood-begins' }],
});

test('the next drop is the end of the next sample in which anything was dropped', () => {
  expect(nextSample([REPORT], 0, 'drop')).toBe(3e9);
  expect(nextSample([REPORT], 3e9, 'drop')).toBe(4e9);
  expect(nextSample([REPORT], 4e9, 'drop')).toBe(-1);
});

test('expiries and moments likewise; of two runs the earlier one counts', () => {
  expect(nextSample([REPORT], 0, 'expiry')).toBe(5e9);
  expect(nextSample([REPORT], 0, 'moment')).toBe(1.5e9);
  expect(nextSample([REPORT], 1.5e9, 'moment')).toBe(-1);
  expect(nextSample([REPORT, floodReport({ moments: [{ t: 1e9, what: 'flood-begins' }] })], 0, 'moment')).toBe(1e9);
  expect(nextSample([], 0, 'drop')).toBe(-1);
});
