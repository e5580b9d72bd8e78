/** Every shipped scenario of single handshakes meets its own expectation, which is written from the RFC's figures and rules, not from output. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unmetExpectations } from '../sim/outcome.ts';
import { record } from '../sim/record.ts';
import type { Scenario } from '../sim/scenario-model.ts';
import { storyOf } from '../sim/story.ts';
import { isFlood, parseAnyScenario } from './parse.ts';

const folder = new URL('../../scenarios/', import.meta.url);
const scenarios: Scenario[] = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parseAnyScenario(readFileSync(new URL(name, folder), 'utf8'), `scenarios/${name}`))
  .flatMap((scenario) => (isFlood(scenario) ? [] : [scenario]));

const byId = (id: string): Scenario => {
  const found = scenarios.find((s) => s.id === id);
  if (!found) throw new Error(`no scenario ${id}`);
  return found;
};

describe.each(scenarios)('$id', (scenario) => {
  test('ends as it expects', () => {
    const recording = record(scenario);
    expect(unmetExpectations(scenario, recording)).toEqual([]);
    expect(recording.steps.length).toBeLessThan(scenario.maxSteps);
  });

  test('ends so with other seeds as well', () => {
    for (const seed of [0, 1, 0x7fff_ffff, 0xffff_ffff]) {
      expect(unmetExpectations(scenario, record(scenario, { seed }))).toEqual([]);
    }
  });

  test('every caption finds its step', () => {
    const told = new Set(storyOf(scenario, record(scenario)));
    for (const caption of scenario.story) expect(told).toContain(caption.say);
  });
});

test('the list has an order without ties, and every scenario expects something', () => {
  expect(new Set(scenarios.map((s) => s.order)).size).toBe(scenarios.length);
  for (const s of scenarios) expect(s.expect.states?.size).toBe(s.hosts.length);
});

test('the numbers of the lesson: X, X+1, Y, Y+1', () => {
  const r = record(byId('three-way-handshake'));
  const [syn, synAck, ack] = r.flights.map((f) => f.segment);
  expect(r.flights).toHaveLength(3);
  expect([syn?.seq, synAck?.ack, ack?.seq]).toEqual([r.x, (r.x + 1) >>> 0, (r.x + 1) >>> 0]);
  expect([synAck?.seq, ack?.ack]).toEqual([r.y, (r.y + 1) >>> 0]);
  // 40 ms one way: sent at 0, 40 and 80 ms, complete at 120 ms
  expect(r.flights.map((f) => f.sentAt)).toEqual([0, 40e6, 80e6]);
  expect(r.steps.at(-1)?.t).toBe(120e6);
});

test('a listener that never accepts: two wait, the third stays half-open, the fourth is dropped in silence', () => {
  const r = record(byId('never-accepting'));
  const server = r.steps.at(-1)?.hosts[1];
  expect(server?.queues).toEqual([{ port: 80, backlog: 1, synQueue: 1, acceptQueue: 2 }]);
  expect(server?.tcbs.map((t) => t.where)).toEqual(['accept-queue', 'accept-queue', 'syn-queue']);
  const client = r.steps.at(-1)?.hosts[0];
  expect(client?.tcbs.map((t) => t.state)).toEqual(['ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED', 'SYN-SENT']);
  const fourth = client?.tcbs.at(-1)?.local.split(':')[1];
  expect(r.flights.filter((f) => f.from === 1 && String(f.segment.dport) === fourth)).toEqual([]);
  expect(server?.counters.ListenOverflows).toBeGreaterThan(1);
});

test('lost SYN: the timer of 1 s, doubled each time', () => {
  const r = record(byId('filtered-port'));
  expect(r.flights.map((f) => f.sentAt / 1e9)).toEqual([0, 1, 3, 7]);
  expect(r.steps.at(-1)?.t).toBe(15e9);
  expect(r.flights.map((f) => f.again)).toEqual([false, true, true, true]);
});

test('wrong ACK: the RST carries the wrong number (RFC 9293 §3.10.7.4: <SEQ=SEG.ACK>), the entry stays', () => {
  const r = record(byId('wrong-ack-number'));
  const rst = r.flights.find((f) => (f.segment.flags & 4) !== 0);
  expect(rst?.segment.seq).toBe((r.y + 100) >>> 0);
  expect(r.steps.find((s) => s.kind === 'arrive' && s.sent.includes(rst?.index ?? -1))?.hosts[1]?.state).toBe(
    'SYN-RECEIVED',
  );
});

test('simultaneous open follows RFC 9293 figure 7 line by line', () => {
  const r = record(byId('simultaneous-open'));
  const name = (flags: number) => (flags === 2 ? 'SYN' : flags === 0x12 ? 'SYN,ACK' : 'ACK');
  const lines = r.flights.slice(0, 4).map((f) => {
    const s = f.segment;
    return `${r.hosts[f.from]?.name} <SEQ=${s.seq}>${s.flags & 0x10 ? `<ACK=${s.ack}>` : ''}<CTL=${name(s.flags)}>`;
  });
  expect(lines).toEqual([
    'a <SEQ=100><CTL=SYN>',
    'b <SEQ=300><CTL=SYN>',
    'a <SEQ=100><ACK=301><CTL=SYN,ACK>',
    'b <SEQ=300><ACK=101><CTL=SYN,ACK>',
  ]);
  const order = r.steps
    .filter((s) => s.kind === 'arrive' && s.flight < 4)
    .map((s) => `${s.flight}:${s.hosts[s.host]?.state}`);
  expect(order).toEqual(['1:SYN-RECEIVED', '0:SYN-RECEIVED', '3:ESTABLISHED', '2:ESTABLISHED']);
});
