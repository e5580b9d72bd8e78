import { expect, test } from 'vitest';
import { allTook, clientsReport, floodReport } from '../../test/support/flood-report-builder.ts';
import type { FloodReport } from '../sim/flood-report.ts';
import { verdictOf, verdictSentence } from './verdict-sentence.ts';

test('says what was bought: first SYN, in the end, how soon', () => {
  const report = withClients({
    attempts: 100,
    connected: 90,
    failed: { timeout: 8 },
    open: 2,
    answeredAtTry: [60, 30],
  });
  expect(verdictOf(report)).toEqual({
    bought: '60.0 % of 100 clients were answered at the first SYN, 91.8 % connected, half of those within 80 ms',
    cost: 'nothing that this run measures',
  });
});

test('and what it cost, where it has more of it than the run beside', () => {
  const plain = withClients({ attempts: 100, connected: 10, failed: { timeout: 90 }, answeredAtTry: [10] });
  const listener = { port: 80, backlog: 128, policy: 'syn-cookies', counters: { SyncookiesRecv: 100 } };
  const cookies: FloodReport = {
    ...withClients({ attempts: 100, connected: 100, answeredAtTry: [100] }),
    listeners: [listener],
    road: { ...plain.road, backscatter: 20_000 },
    cpu: { busy: 1e9, share: 0.1, dropped: 0 },
  };
  expect(verdictSentence(cookies, plain)).toBe(
    '100 % of 100 clients were answered at the first SYN, 100 % connected, half of those within 80 ms; it cost 100 connections from a cookie, whose SYN/ACK would not have been sent again, 10.0 % of the CPU, 20,000 SYN/ACKs to strangers.',
  );
  expect(verdictOf(plain, cookies).cost).toBe('nothing that this run measures');
  // Both alike: neither pays more than the other.
  expect(verdictOf(cookies, cookies).cost).toBe('nothing that this run measures');
});

test('a run in which nobody connects, or nobody came to an end, says so', () => {
  expect(verdictOf(withClients({ attempts: 3, failed: { timeout: 3 }, answeredAtTry: [] })).bought).toBe(
    '0 % of 3 clients were answered at the first SYN and none connected',
  );
  expect(verdictOf(floodReport()).bought).toBe('No client had come to an end yet');
});

function withClients(change: Parameters<typeof clientsReport>[0]): FloodReport {
  return floodReport({ clients: [clientsReport({ connectTime: allTook(80e6, 90), ...change })] });
}
