/** `halfopen replay` as a person meets it. A simulated flood, captured and replayed, must give what the simulation gave. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PcapWriter } from '../src/capture.ts';
import { runCli } from './support/run-cli.ts';

/** 60 SYNs a second for 10 s against a backlog of 128, and two clients a second. */
const FLOOD = `kind: flood
title: Flood
summary: 60 SYNs a second.
server: { backlog: 128, settings: { tcp_syncookies: 0 } }
clients: { rate: 2, process: constant, from: 1s, to: 20s, patience: 10s }
floods: { rate: { process: constant, rate: 60 }, from: 5s, to: 15s }
until: 40s
`;

interface Row {
  readonly defence: string;
  readonly halfOpenPeak: number;
  readonly capacity: number;
  readonly fullAt: number | null;
  readonly people: number;
  readonly peopleConnected: number;
  readonly cookies: number;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halfopen-replay-'));
  const { code } = await runCli(['run', '-', '--pcapng', 'flood.pcapng', '--json', 'flood.json'], {
    stdin: FLOOD,
    cwd: folder,
  });
  expect(code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

async function rows(...args: string[]): Promise<readonly Row[]> {
  const { code, out, err } = await runCli(['replay', 'flood.pcapng', '--json', '-', ...args], { cwd: folder });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return (JSON.parse(out) as { rows: Row[] }).rows; // the document that the command describes
}

describe('a simulated flood, replayed under the settings it ran with', () => {
  test('fills the queue at the same moment and as far, and under cookies serves everybody', async () => {
    const { queue } = JSON.parse(await readFile(join(folder, 'flood.json'), 'utf8')) as {
      queue: { peak: number; capacity: number; timeToExhaustion: number };
    };
    const [none, cookies] = await rows('-d', 'none', '-d', 'syn-cookies');
    expect(none).toMatchObject({ defence: 'none', halfOpenPeak: queue.peak, capacity: queue.capacity });
    // The first SYN of the capture is that of the client at 1 s; the flood begins at 5 s. A newcomer a second makes the
    // queue full at most a few SYNs of the flood earlier.
    expect(none?.fullAt).toBeGreaterThan(4 + queue.timeToExhaustion / 1e9 - 0.2);
    expect(none?.fullAt).toBeLessThan(4 + queue.timeToExhaustion / 1e9 + 0.05);
    expect(cookies).toMatchObject({ people: 38, peopleConnected: 38 });
    expect(cookies?.cookies).toBeGreaterThan(0);
  });

  test('--backlog answers whether a larger one had been enough', async () => {
    // 600 SYNs of the flood, and no entry leaves before the flood is over.
    const [row] = await rows('-d', 'none', '--backlog', '2000');
    expect(row).toMatchObject({ fullAt: null, peopleConnected: 38 });
    expect(row?.halfOpenPeak).toBeGreaterThanOrEqual(600);
  });
});

test('--server takes an address alone, and --csv - stands instead of the text', async () => {
  const args = ['--server', '203.0.113.80', '-d', 'none', '--csv', '-'];
  const { code, out } = await runCli(['replay', 'flood.pcapng', ...args], { cwd: folder });
  expect(code).toBe(0);
  expect(out).toMatch(/^defence,[^\n]+\nnone,129,129,[^\n]+\n$/);
});

test('the page says what was replayed, where, and what each defence came to', async () => {
  const { code, out } = await runCli(['replay', 'flood.pcapng', '-d', 'none', '-d', 'syn-cookies'], { cwd: folder });
  expect(code).toBe(0);
  expect(out).toMatch(/^flood\.pcapng: 638 attempts at 203\.0\.113\.80:80 in /);
  expect(out).toContain('600 SYNs from 600 sources that never followed up');
  expect(out).toMatch(/^syn-cookies +129 +129 .* 100 % +100 % +38 of 38$/m);
  expect(out).toMatch(/192\.0\.2\.80 \(linux-6, backlog 128\)/);
});

describe('what is refused, in one sentence', () => {
  test.each([
    [['nothing.pcap'], /^halfopen: nothing\.pcap: no such file/],
    [
      ['flood.pcapng', '--server', '8.8.8.8:53'],
      /no SYN for it in flood\.pcapng; the busiest servers are 203\.0\.113\.80:80/,
    ],
    [['flood.pcapng', '-d', 'syn-cookie'], /no defence is called "syn-cookie"; did you mean/],
    [['flood.pcapng', '--set', 'server.backlock=3'], /backlock/],
    [['empty.pcap'], /holds no SYN, so there is nothing to replay/],
    [['flood.pcapng', '--server', 'www.example'], /--server: expected an address and a port such as 192\.0\.2\.1:80/],
    [['flood.pcapng', '--csv', './flood.pcapng'], /--csv: \.\/flood\.pcapng is the capture, it would be overwritten/],
    [['flood.pcapng', '--csv', 'a', '--json', 'a'], /--csv and --json both go to a/],
    [['-', '-'], /'-' is given twice/],
  ])('%j', async (args, sentence) => {
    // A pcap header and no packet.
    const header = new PcapWriter({ linkType: 1 }).header();
    await writeFile(join(folder, 'empty.pcap'), header);
    const { code, out, err } = await runCli(['replay', ...args], { cwd: folder });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
