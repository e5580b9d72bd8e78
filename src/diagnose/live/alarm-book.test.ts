import { expect, test } from 'vitest';
import { aFlood } from '../../../test/support/findings-builder.ts';
import type { Confidence, Judgement } from '../findings.ts';
import { AlarmBook, type AlarmEvent } from './alarm-book.ts';

const SEC = 1e9;

test('begins once, ends after 30 s of quiet, with the time and totals of what was judged', () => {
  const book = new AlarmBook();
  expect(told(book.judge(11 * SEC, [going({ attempts: 900, peakRate: 950 })]))).toEqual(['begin 1']);
  expect(book.going).toMatchObject([{ id: 1, kind: 'flood', onset: 10 * SEC, noticedAt: 11 * SEC, endedAt: -1 }]);
  for (let s = 12; s <= 40; s++) expect(book.judge(s * SEC, [going()])).toEqual([]);
  const over = aFlood({ end: 40 * SEC, attempts: 30_060, peakRate: 1012 });
  for (let s = 41; s < 70; s++) expect(book.judge(s * SEC, [over])).toEqual([]);
  const [end, ...more] = book.judge(70 * SEC, [over]);
  expect(more).toEqual([]);
  expect(end).toMatchObject({
    type: 'alarm-end',
    at: 70 * SEC,
    alarm: { id: 1, onset: 10 * SEC, endedAt: 40 * SEC, endedBy: 'quiet', attempts: 30_060, peakRate: 1012 },
  });
  expect(book.going).toEqual([]);
  expect(book.recent).toHaveLength(1);
});

test('what is over stays in the findings and begins nothing again', () => {
  const book = new AlarmBook();
  const over = aFlood({ end: 40 * SEC });
  book.judge(39 * SEC, [going()]);
  expect(told(book.judge(70 * SEC, [over]))).toEqual(['end 1']);
  for (let s = 71; s < 500; s += 10) expect(book.judge(s * SEC, [over])).toEqual([]);
});

test('a pause is within one alarm; after the end, the same again is a second one', () => {
  const book = new AlarmBook();
  book.judge(11 * SEC, [going()]);
  expect(book.judge(30 * SEC, [aFlood({ end: 12 * SEC })])).toEqual([]);
  expect(book.judge(31 * SEC, [going()])).toEqual([]);
  expect(told(book.judge(61 * SEC, [aFlood({ end: 31 * SEC })]))).toEqual(['end 1']);
  // The judgement may span both; the second alarm does not reach back over the end of the first.
  expect(book.judge(100 * SEC, [going()])).toMatchObject([{ alarm: { id: 2, onset: 100 * SEC } }]);
});

test('low confidence begins nothing, and keeps going what began', () => {
  const book = new AlarmBook();
  expect(book.judge(11 * SEC, [going({ confidence: confidence('low') })])).toEqual([]);
  expect(told(book.judge(12 * SEC, [going({ confidence: confidence('medium') })]))).toEqual(['begin 1']);
  for (let s = 13; s < 60; s++) {
    const events = book.judge(s * SEC, [going({ confidence: confidence('low') })]);
    expect(told(events)).toEqual(s === 13 ? ['update 1'] : []);
  }
});

test('told again when it doubles, when the confidence changes, and each minute', () => {
  const book = new AlarmBook();
  book.judge(10 * SEC, [going({ peakRate: 100 })]);
  const events = [199, 200, 399, 400].flatMap((peakRate, i) => book.judge((11 + i) * SEC, [going({ peakRate })]));
  expect(events.map((event) => event.alarm.peakRate)).toEqual([200, 400]);
  for (let s = 15; s < 74; s++) expect(book.judge(s * SEC, [going({ peakRate: 400 })])).toEqual([]);
  expect(told(book.judge(74 * SEC, [going({ peakRate: 400 })]))).toEqual(['update 1']);
});

test('a crowd is told when it was named for 15 s without a break', () => {
  const book = new AlarmBook();
  const crowd = going({ kind: 'flash-crowd' });
  for (let s = 10; s < 24; s++) expect(book.judge(s * SEC, [crowd])).toEqual([]);
  expect(book.judge(24 * SEC, [going({ kind: 'nothing' })])).toEqual([]);
  for (let s = 25; s < 40; s++) expect(book.judge(s * SEC, [crowd])).toEqual([]);
  expect(told(book.judge(40 * SEC, [crowd]))).toEqual(['begin 1']);
});

test('attempts add up over judgements that begin to count anew', () => {
  const book = new AlarmBook();
  book.judge(10 * SEC, [going({ attempts: 1000 })]);
  for (const [i, attempts] of [1500, 2000, 300, 800].entries()) book.judge((11 + i) * SEC, [going({ attempts })]);
  expect(book.going[0]?.attempts).toBe(2500);
});

test('each kind and each subject has its own', () => {
  const book = new AlarmBook();
  const other = { role: 'target', address: 1, port: 443, prefix: '' } as const;
  const events = book.judge(11 * SEC, [
    going(),
    going({ subject: other }),
    going({ kind: 'scan', subject: { ...other, role: 'source', port: -1 } }),
    going({ kind: 'nothing' }),
  ]);
  expect(told(events)).toEqual(['begin 1', 'begin 2', 'begin 3']);
});

test('a flood that came and went between two judgements begins and then ends', () => {
  const book = new AlarmBook();
  expect(told(book.judge(100 * SEC, [aFlood({ end: 40 * SEC })]))).toEqual(['begin 1', 'end 1']);
});

test('time passes without packets; time that goes back ends nothing', () => {
  const book = new AlarmBook();
  book.judge(20 * SEC, [going()]);
  expect(book.passTime(49 * SEC)).toEqual([]);
  expect(book.passTime(-5 * SEC)).toEqual([]);
  expect(told(book.passTime(50 * SEC))).toEqual(['end 1']);
  expect(book.passTime(60 * SEC)).toEqual([]);
});

test('the end of the input ends all, and says so', () => {
  const book = new AlarmBook();
  const other = { role: 'target', address: 1, port: 443, prefix: '' } as const;
  book.judge(45 * SEC, [going(), aFlood({ end: 40 * SEC, subject: other })]);
  expect(book.finish(46 * SEC).map(({ alarm }) => [alarm.endedBy, alarm.endedAt])).toEqual([
    ['input-ended', 45 * SEC],
    ['quiet', 40 * SEC],
  ]);
  expect(book.going).toEqual([]);
});

test('a million scanners do not fill memory: what has no room is counted', () => {
  const book = new AlarmBook();
  const many = Array.from({ length: 300 }, (_, address) =>
    going({ kind: 'scan', subject: { role: 'source', address, port: -1, prefix: '' } }),
  );
  expect(book.judge(10 * SEC, many)).toHaveLength(200);
  expect([book.begun, book.withoutRoom, book.going.length]).toEqual([200, 100, 200]);
});

function going(parts: Partial<Judgement> = {}): Judgement {
  return aFlood({ end: -1, ...parts });
}

function confidence(level: Confidence['level']): Confidence {
  return { level, score: 0.5, because: [] };
}

function told(events: readonly AlarmEvent[]): string[] {
  return events.map(({ type, alarm }) => `${type.slice('alarm-'.length)} ${alarm.id}`);
}
