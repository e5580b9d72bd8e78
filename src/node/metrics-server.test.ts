import { afterAll, beforeAll, expect, test } from 'vitest';
import { aWatchStatus } from '../../test/support/watch-builder.ts';
import { AddressTable } from '../wire/address.ts';
import { type MetricsServer, startMetrics } from './metrics-server.ts';
import { watchMetrics } from './watch-metrics.ts';

let server: MetricsServer;
beforeAll(async () => {
  const text = () => watchMetrics(aWatchStatus(), new AddressTable(), 132e6);
  server = await startMetrics({ host: '127.0.0.1', port: 0, text });
});
afterAll(() => server.close());

test('a scrape has every series with its help and type', async () => {
  const response = await fetch(server.url);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const body = await response.text();
  for (const line of [
    '# TYPE halfopen_packets_total counter',
    'halfopen_packets_total 41350',
    'halfopen_attempts_completed_total 60',
    'halfopen_half_open_attempts 20000',
    'halfopen_capture_time_seconds 1700000030.25',
    'halfopen_skipped_packets_total{reason="truncated header"} 3',
    'halfopen_alarms{kind="flood"} 1',
    'halfopen_alarms{kind="scan"} 0',
    'halfopen_target_syns_per_second{ip="203.0.113.80",port="80"} 1000',
    'process_resident_memory_bytes 132000000',
  ])
    expect(body.split('\n')).toContain(line);
  const names = new Set(body.split('\n').flatMap((line) => /^([a-z_]+)[ {]/.exec(line)?.[1] ?? []));
  for (const name of names) {
    expect(body).toContain(`# HELP ${name} `);
    expect(body).toContain(`# TYPE ${name} `);
  }
});

test('a second scrape counts nothing twice', async () => {
  const [one, two] = [await (await fetch(server.url)).text(), await (await fetch(server.url)).text()];
  expect(two).toBe(one);
});

test('ten targets have series, however many there are', async () => {
  const [target] = aWatchStatus().targets;
  const targets = Array.from({ length: 5000 }, (_, port) => ({
    ...target!,
    subject: { role: 'target', address: 1, port, prefix: '' } as const,
  }));
  const text = await watchMetrics(aWatchStatus({ targets }), new AddressTable(), 0);
  expect(text.match(/^halfopen_target_attempts\{/gm)).toHaveLength(10);
});

test('nothing but /metrics, and only GET', async () => {
  expect((await fetch(new URL('/', server.url))).status).toBe(404);
  expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
});

test('a port in use is one sentence', async () => {
  const port = Number(new URL(server.url).port);
  await expect(startMetrics({ host: '127.0.0.1', port, text: async () => '' })).rejects.toThrow(
    `cannot serve metrics on 127.0.0.1:${port}: the port is in use`,
  );
});
