import { describe, expect, test } from 'vitest';
import { floodReport } from '../../test/support/flood-report-builder.ts';
import { SMALL_FLOOD } from '../../test/support/small-flood.ts';
import { explainFlood, lessonTold } from './flood-explain.ts';
import { countText, shareText, spanText } from './flood-number.ts';
import { floodLines, nstatName } from './flood-text.ts';
import { plainText } from './text-line.ts';

/** Checked by eye against the hand calculation in `small-flood.ts`. */
test('the small flood, as a terminal shows it', () => {
  expect(plainText(floodLines(SMALL_FLOOD))).toBe(`Who was served
           attempts  answered at 1st SYN    ever  connected  served  connect p50     p99  not served
  clients        10               40.0 %  50.0 %     50.0 %  50.0 %        50 ms  1.05 s  timeout 3, still trying 2

Over time
  half-open   ············▅▅▅▅▅▅██████████████████████████████████████████  65 of 65
  flood SYNs  ············████████████████████████████████████████████████  40/s at most
  SYN/ACKs    ▁▁▁▁▁▁▁▁▁▁▁▁▅▅▅▅▅▅████████████······························  66/s at most
  dropped     ··················▃▃▃▃▃▃████████████████████████████████████  40/s at most
  connected   ████████████████████████······██████························  1/s at most
              0 s                                                 10.000 s

Queue
  holds 65 half-open connections (backlog 64); most at once 65; 5200 bytes
  first full at 3.625 s, 1.63 s after the first flood SYN; no room during 79.7 % of the flood
  no lasting room again by the end of the run
  accept queue: 1 waiting at most

Drops by cause
                  segments  counted as
  SYN queue full       255  TcpExtTCPReqQFullDrop

Counters, as in nstat -az
                         port 80
  TcpPassiveOpens              5
  TcpExtListenDrops          255
  TcpExtTCPReqQFullDrop      255

Who flooded
  flood: 320 SYNs, 65 answered

Defences and what they did
  port 80: drop-when-full

The road and the CPU
  350 segments in (14.6 kB), 174 out (12.1 kB)
  169 SYN/ACKs went to addresses that had sent nothing (backscatter)
  server CPU busy 400 µs, < 0.1 %, in the scenario's cost model`);
});

describe('explained', () => {
  const told = explainFlood(SMALL_FLOOD).join('\n');

  test('who came, which limit was hit, whom it hit first', () => {
    expect(told).toContain('The flood sent 320 SYNs, the first at 2.000 s');
    expect(told).toContain('answered 40.0 % of them at the first SYN and 50.0 % in the end; 50.0 % got a response');
    expect(told).toContain(
      'holds 65 half-open connections (the backlog and one more). It was full at 3.625 s, 1.63 s after',
    );
    expect(told).toContain('255 SYNs came when the SYN queue was full and were dropped in silence (TCPReqQFullDrop');
    expect(told).toContain('The first client was turned away at 4.200 s, 0.575 s after the queue had filled');
    expect(told).toContain('1 client was answered only at a later SYN');
    expect(told).toContain('"nstat -az TcpExtListenDrops TcpExtTCPReqQFullDrop" would show ListenDrops 255');
    expect(told).toContain('up to 65');
  });

  test('nothing is said of what did not happen', () => {
    for (const word of ['cookie', 'accept queue was full', 'RST', 'given up', 'link']) expect(told).not.toContain(word);
    expect(explainFlood(floodReport())).toEqual([
      'Nobody flooded the server. There were no clients.',
      'The SYN queue holds 129 half-open connections (the backlog and one more); it was never full, with 0 at most.',
    ]);
  });

  test('each cause has its own reason', () => {
    const { columns } = SMALL_FLOOD.series;
    const with_ = (change: object) =>
      explainFlood({ ...SMALL_FLOOD, series: { ...SMALL_FLOOD.series, columns: { ...columns, ...change } } }).join(
        '\n',
      );
    expect(with_({ dropsAcceptQueue: [3] })).toContain(
      '3 segments came when the accept queue was full and were dropped (ListenOverflows',
    );
    expect(with_({ dropsReserve: [1] })).toContain('1 SYN was dropped although there was room');
    expect(with_({ dropsLink: [9] })).toContain('9 segments were lost on the access link');
    expect(with_({ dropsBox: [9] })).toContain('9 segments never reached the server');
  });

  test('cookies, evictions, live hosts and established users', () => {
    const listeners = [
      {
        port: 80,
        backlog: 64,
        policy: 'x',
        counters: { SyncookiesSent: 900, SyncookiesRecv: 12, evicted: 4, EmbryonicRsts: 7 },
      },
    ];
    const floods = [{ name: 'flood', syns: 320, answered: 320, resets: 7, filtered: 0 }];
    const clients = SMALL_FLOOD.clients.map((group) => ({ ...group, laterServed: 30 }));
    const text = explainFlood({ ...SMALL_FLOOD, listeners, floods, clients }).join('\n');
    expect(text).toContain('900 SYNs were answered with a cookie');
    expect(text).toContain('12 ACKs brought a valid one back.');
    expect(text).toContain('4 entries were given up for a newer SYN');
    expect(text).toContain('7 SYN/ACKs reached a host that really lives at the forged address');
    expect(text).toContain('All 30 later requests on connections that were open already were answered');
  });

  test('how long it took to recover', () => {
    const recovered = (timeToRecovery: number) => {
      const report = { ...SMALL_FLOOD, queue: { ...SMALL_FLOOD.queue, timeToRecovery } };
      return `${explainFlood(report).join('\n')}\n${plainText(floodLines(report))}`;
    };
    expect(recovered(0)).toMatch(/room for good as soon as the flood was over[\s\S]*room again for good with the last/);
    expect(recovered(0.5e9)).toMatch(/room for good 0\.5 s after the last flood SYN\.[\s\S]*good 0\.5 s after/);
    expect(recovered(20e9)).toContain('20 s after the last flood SYN: entries stay until their SYN/ACK timers');
  });

  test('another system is not told what nstat would show', () => {
    const text = explainFlood({ ...SMALL_FLOOD, profile: 'bsd-1996' }).join('\n');
    expect(text).not.toContain('nstat');
    expect(plainText(floodLines({ ...SMALL_FLOOD, profile: 'bsd-1996' }))).toContain("Counters, under Linux' names");
  });

  test("the scenario's own text follows the moments it waits for", () => {
    const step = (on: 'start' | 'queue-full' | 'recovered', title: string) => ({ when: { on }, title, say: '' });
    const lesson = [
      step('queue-full', 'Full'),
      step('start', 'Begin'),
      step('recovered', 'Never'),
      { when: { on: 'time' as const, at: 99e9 }, title: 'After the end', say: '' },
    ];
    expect(lessonTold(lesson, SMALL_FLOOD).map(({ t, step: s }) => [t, s.title])).toEqual([
      [0, 'Begin'],
      [3.625e9, 'Full'],
    ]);
  });
});

test('numbers for people', () => {
  expect([1234567, 12, 0.5, Number.NaN].map(countText)).toEqual(['1,234,567', '12', '0.5', '–']);
  expect([0, 1, 0.1234, 0.00001, 0.99999, Number.NaN].map(shareText)).toEqual([
    ...['0 %', '100 %', '12.3 %', '< 0.1 %', '> 99.9 %', '–'],
  ]);
  expect([50_123_456, 7.0512e9, 400e3, -1].map(spanText)).toEqual(['50.1 ms', '7.05 s', '400 µs', '–']);
  expect(['ListenDrops', 'PassiveOpens'].map(nstatName)).toEqual(['TcpExtListenDrops', 'TcpPassiveOpens']);
});
