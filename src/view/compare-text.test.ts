import { expect, test } from 'vitest';
import { SMALL_FLOOD } from '../../test/support/small-flood.ts';
import { compareColumns, compareRow } from './compare-rows.ts';
import { compareLines, compareSentence } from './compare-text.ts';
import { columnsToCsv } from './data-columns.ts';
import { plainText } from './text-line.ts';

const none = compareRow('none', SMALL_FLOOD, SMALL_FLOOD);
const clients = SMALL_FLOOD.clients.map((group) => ({
  ...group,
  answeredAtTry: [10],
  connected: 10,
  served: 10,
  optionsLost: 4,
  responseTime: { ...group.responseTime, p50: 190e6 },
}));
const boxes = [
  {
    name: 'syn-proxy',
    entries: 3,
    peakEntries: 10,
    counters: { synAckSent: 330, cookieValid: 10, seen: 700 },
    cpu: 50e6,
  },
];
const proxied = compareRow(
  'syn-proxy',
  {
    ...SMALL_FLOOD,
    clients,
    boxes,
    road: { ...SMALL_FLOOD.road, backscatter: 330 },
    queue: { ...SMALL_FLOOD.queue, peak: 1, bytes: 1300 },
  },
  SMALL_FLOOD,
);

test('one row a defence, numbers as in the reports', () => {
  // 40 ms more than the 150 ms without it.
  expect(proxied).toMatchObject({
    firstTry: 1,
    served: 1,
    synAcks: 174,
    backscatter: 330,
    boxEntries: 10,
    byCookie: 10,
  });
  expect(proxied.added).toBeCloseTo(0.04, 9);
  expect(plainText(compareLines([none, proxied]))).toBe(
    `           1st SYN    ever  served  connect p50     p99  added  half-open      memory  on the road  backscatter  options lost      CPU
none        40.0 %  50.0 %  50.0 %        50 ms  1.05 s      0         65  5200 bytes            0          169             0  < 0.1 %
syn-proxy    100 %   100 %   100 %        50 ms  1.05 s  40 ms          1  1300 bytes           10          330             4    0.5 %`,
  );
});

test('what it buys and costs, in words; nothing where nothing changed', () => {
  expect(compareSentence(proxied, none)).toBe(
    'served 100 % instead of 50.0 %; answered at the first SYN 100 % instead of 40.0 %; half of the responses come 40 ms later than without a flood; 2 times the backscatter; 25.0 % of the memory of the queue; 10 ACKs with a valid cookie; 4 clients without window scale or SACK; 10 things to remember on the road; 0.5 % of a CPU on the road',
  );
  expect(compareSentence(none, none)).toBe('');
});

test('as columns, for files', () => {
  const [head = '', first = ''] = columnsToCsv(compareColumns([none, proxied])).split('\n');
  expect(head.split(',').slice(0, 4)).toEqual(['defence', 'firstTry', 'ever', 'served']);
  expect(first.split(',').slice(0, 4)).toEqual(['none', '0.4', '0.5', '0.5']);
});
