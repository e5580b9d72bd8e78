/**
 * The reserve for proven peers in a flood (Linux tcp_conn_request, tcp_peer_is_proven). Ground truth B_proven_peer.csv: with
 * a backlog of 128 and tcp_max_syn_backlog 64 the queue takes 49 SYNs of strangers, and 129 in all with proven peers.
 */
import { expect, test } from 'vitest';
import { floodScenario } from '../../test/support/flood-scenario.ts';
import { MS, SEC } from '../tcp/types.ts';
import { measuresOf } from './flood-measures.ts';
import { runFlood } from './flood-run.ts';

const SETTINGS = { tcp_max_syn_backlog: 64 };
const SILENT = { mode: 'silent', prefix: '172.31.0.0/16' } as const;

function numbers(wish: Parameters<typeof floodScenario>[0]): (name: string) => number {
  const measures = measuresOf(runFlood(floodScenario(wish)));
  return (name) => measures[name] ?? Number.NaN;
}

test('a flood fills the queue for strangers, and who was served before gets in', () => {
  const of = numbers({
    settings: SETTINGS,
    clients: [
      { name: 'regular', people: 1, patience: 5 * SEC, arrivals: { process: 'times', at: [SEC, 15 * SEC] } },
      { name: 'stranger', patience: 5 * SEC, arrivals: { process: 'times', at: [15 * SEC, 20 * SEC] } },
    ],
    floods: [{ from: 5 * SEC, spoof: SILENT, rate: { process: 'constant', rate: 200 } }],
  });
  expect([of('clients.regular.served'), of('clients.regular.firstTry')]).toEqual([2, 1]);
  expect(of('clients.stranger.connected')).toBe(0);
  expect(of('series.halfOpenFlood.max')).toBe(49);
  // The regular's own entry, for a round trip.
  expect(of('queue.peak')).toBe(50);
});

test('proven peers have what strangers leave, up to 129', () => {
  // Ninety come at 30 a second, with 27 half-open at a time, and all together at 20 s: 80 find room above the 49.
  const first = Array.from({ length: 90 }, (_, i) => Math.floor((i * SEC) / 30));
  const at = [...first, ...first.map(() => 20 * SEC)];
  const of = numbers({
    settings: SETTINGS,
    clients: [{ people: 90, rtt: { shape: 'fixed', value: 900 * MS }, arrivals: { process: 'times', at } }],
    floods: [{ from: 8 * SEC, to: 12 * SEC, spoof: SILENT, rate: { process: 'constant', rate: 100 } }],
  });
  expect(of('queue.peak')).toBe(129);
  expect([of('clients.all.tries.1'), of('clients.all.tries.2'), of('clients.all.served')]).toEqual([170, 10, 180]);
});
