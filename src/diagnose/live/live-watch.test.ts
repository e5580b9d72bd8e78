import { expect, test } from 'vitest';
import { SEC, SERVER, type Sent, Traffic } from '../../../test/support/traffic.ts';
import { backscatter, flashCrowd, flood, portScan, visitors } from '../../../test/support/traffic-stories.ts';
import { AddressTable } from '../../wire/address.ts';
import { encodeEthernet } from '../../wire/packet.ts';
import { ACK, Segment, SYN } from '../../wire/segment.ts';
import type { FrameLike } from '../examiner.ts';
import type { Alarm } from './alarm-book.ts';
import { LiveWatch } from './live-watch.ts';

const LINKTYPE_ETHERNET = 1;
const addresses = new AddressTable();

/** A SYN from a client of its own, or the SYN/ACK or ACK that follows it. */
function frame(number: number, second: number, client: number, flags: number): FrameLike {
  const seg = new Segment();
  const toServer = flags !== (SYN | ACK);
  Object.assign(
    seg,
    toServer
      ? { src: client, sport: 4000, dst: SERVER, dport: 80 }
      : { src: SERVER, sport: 80, dst: client, dport: 4000 },
  );
  Object.assign(seg, { flags, seq: toServer ? 100 : 500, wnd: 1000 });
  if (flags === ACK) seg.seq++;
  if (flags !== SYN) seg.ack = toServer ? 501 : 101;
  const bytes = new Uint8Array(100);
  const end = encodeEthernet(seg, addresses, bytes, 0);
  return {
    number,
    ts: second * SEC,
    linkType: LINKTYPE_ETHERNET,
    bytes,
    view: new DataView(bytes.buffer),
    direction: 0,
    off: 0,
    end,
  };
}

function watch(): { live: LiveWatch; told: { at: number; type: string; alarm: Alarm }[] } {
  const told: { at: number; type: string; alarm: Alarm }[] = [];
  const start = { startSec: 1_700_000_000, startNanos: 0 };
  return { live: new LiveWatch({ start, onEvent: (event) => told.push(event) }), told };
}

/** All of the traffic, watched. */
function watched(traffic: Traffic): { live: LiveWatch; told: { at: number; type: string; alarm: Alarm }[] } {
  const one = watch();
  for (const frame of traffic.frames()) one.live.onFrame(frame);
  return one;
}

test('rates and levels of the last seconds, from what the packets show', () => {
  const { live } = watch();
  let number = 0;
  // A hundred SYNs a second for four seconds; in the first two, each is answered and acknowledged at once.
  for (let i = 0; i < 400; i++) {
    const second = i / 100;
    live.onFrame(frame(++number, second, 1000 + i, SYN));
    live.onFrame(frame(++number, second + 0.001, 1000 + i, SYN | ACK));
    if (i < 200) live.onFrame(frame(++number, second + 0.002, 1000 + i, ACK));
  }
  live.onFrame(frame(++number, 4, 999, SYN));
  const status = live.status(2, 60);
  expect(status.rates).toEqual({ packets: 200, syn: 100, synack: 100, completed: 0, refused: 0 });
  expect(status.history).toEqual({
    syn: [100, 100, 100, 100],
    completed: [100, 100, 0, 0],
    halfOpen: [0, 0, 100, 200],
  });
  expect(status).toMatchObject({ at: 4 * SEC, packets: 1001, syn: 401, halfOpen: 200, startSec: 1_700_000_000 });
  expect(status.targets).toMatchObject([{ subject: { address: SERVER, port: 80 }, synRate: 100, completed: 200 }]);
});

const FLOOD = { rate: 200, seconds: 20, from: 60 };

test('a flood is told while it goes on, with its onset, and again when it is over', () => {
  const syns: Sent[] = [];
  const traffic = flood(visitors(new Traffic(), 0, 150, 5), FLOOD).keep((sent) => {
    if (sent.flags === SYN) syns.push({ ...sent });
    return true;
  });
  const { live, told } = watched(traffic);
  live.finish();
  const begun = told.filter(({ type }) => type === 'alarm-begin');
  expect(begun.map(({ alarm }) => alarm.kind)).toEqual(['flood']);
  const [{ at, alarm }] = begun as [(typeof begun)[0]];
  expect(alarm.subject).toMatchObject({ role: 'target', address: SERVER, port: 80 });
  // Unfinished is what is four seconds old, and some are needed.
  expect(at / SEC).toBeGreaterThan(64);
  expect(at / SEC).toBeLessThan(67);
  expect(alarm.onset / SEC).toBeCloseTo(60, -0.5);
  // Of what has waited for less than four seconds nothing is said, and nothing of an end.
  const { sentence } = alarm.judgement;
  expect(sentence).not.toMatch(/never|end of the capture/);
  const [, all, unfinished, younger] =
    /still going on: (.*) attempts so far, .*\. (.*) did not complete within 4 s, .*; (.*) are too young to say/.exec(
      sentence,
    ) ?? [];
  // The traffic itself says how many had begun by then, and how many of them less than four seconds before.
  const first = Math.min(...syns.map(({ ts }) => ts));
  const begunBy = (time: number): number =>
    new Set(syns.filter(({ ts }) => ts - first < time).map(({ src, sport, seq }) => `${src} ${sport} ${seq}`)).size;
  expect(numberOf(all)).toBe(begunBy(at));
  const young = begunBy(at) - begunBy(at - 4 * SEC);
  expect(numberOf(younger)).toBeLessThanOrEqual(young);
  expect(numberOf(younger)).toBeGreaterThan(0.9 * young);
  expect(numberOf(unfinished) + numberOf(younger)).toBeLessThan(numberOf(all));
  const end = told.at(-1)!;
  expect(end).toMatchObject({ type: 'alarm-end', alarm: { endedBy: 'quiet' } });
  expect(end.alarm.endedAt / SEC).toBeGreaterThan(78);
  expect(end.alarm.endedAt / SEC).toBeLessThan(84);
  expect(end.at - end.alarm.endedAt).toBeGreaterThanOrEqual(30 * SEC);
});

test('a calm longer than counting looks back does not outweigh it, and after it is over the next one is told as well', () => {
  const traffic = visitors(new Traffic(), 0, 830, 4);
  for (const from of [640, 780]) flood(traffic, { ...FLOOD, from });
  const { told } = watched(traffic);
  const begun = told.filter(({ type }) => type === 'alarm-begin');
  expect(begun.map(({ alarm }) => [alarm.kind, Math.round(alarm.onset / SEC / 10) * 10])).toEqual([
    ['flood', 640],
    ['flood', 780],
  ]);
});

test('one that goes on for longer than counting looks back stays one alarm, and keeps its onset and its number', () => {
  const { live, told } = watched(flood(visitors(new Traffic(), 0, 760, 3), { rate: 40, seconds: 700, from: 30 }));
  live.finish();
  expect(told.filter(({ type }) => type !== 'alarm-update').map(({ type }) => type)).toEqual([
    'alarm-begin',
    'alarm-end',
  ]);
  const { alarm } = told.at(-1)!;
  expect(alarm.onset / SEC).toBeCloseTo(30, -0.5);
  expect(alarm.attempts).toBeGreaterThan(0.9 * 28_000);
  expect(alarm.attempts).toBeLessThan(1.3 * 28_000);
});

test('calm traffic, and a crowd of clients that are served, are no flood at any moment', () => {
  expect(watched(visitors(new Traffic(), 0, 700, 10)).told).toEqual([]);
  const { told } = watched(flashCrowd(visitors(new Traffic(), 0, 100, 5), 3000, 20));
  expect(told.map(({ alarm }) => alarm.kind).filter((kind) => kind !== 'flash-crowd')).toEqual([]);
});

test('a scan and backscatter are told as what they are', () => {
  const scan = watched(portScan(visitors(new Traffic(), 0, 60, 5), 2000, 100)).told;
  expect(new Set(scan.map(({ alarm }) => alarm.kind))).toEqual(new Set(['scan']));
  const stray = watched(backscatter(visitors(new Traffic(), 0, 60, 5), 2000, () => 0xcb00_7109)).told;
  expect(stray.map(({ alarm }) => alarm.kind)).not.toContain('flood');
});

/** It still goes on at the last packet. */
const cut = flood(new Traffic(), { ...FLOOD, from: 0 }).keep((seg) => seg.ts < 19.5 * SEC);

test('after the last packet, the time of whoever waits ends alarms', () => {
  const { live, told } = watched(cut);
  expect(told.map(({ type }) => type)).toEqual(['alarm-begin']);
  live.passTime(live.at + 20 * SEC);
  expect(told).toHaveLength(1);
  live.passTime(live.at + 40 * SEC);
  expect(told.map(({ type }) => type)).toEqual(['alarm-begin', 'alarm-end']);
});

test('the end of the input ends what still went on', () => {
  const { live, told } = watched(cut);
  live.finish();
  expect(told.at(-1)).toMatchObject({ type: 'alarm-end', alarm: { endedBy: 'input-ended' } });
  expect(told.at(-1)!.alarm.judgement.sentence).toMatch(/to the end of the capture: .* attempts that never completed/);
});

function numberOf(text = ''): number {
  return Number(text.replaceAll(',', ''));
}
