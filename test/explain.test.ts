/** `halfopen explain` as its users run it: outputs, filters, pipes and mistakes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PcapWriter } from '../src/capture.ts';
import { ATTEMPT_COLUMNS } from '../src/view/attempt-columns.ts';
import { AddressTable } from '../src/wire/address.ts';
import { encodeIpPacket } from '../src/wire/packet.ts';
import { Segment, SYN } from '../src/wire/segment.ts';
import { duckdb } from './support/duckdb.ts';
import { runCli } from './support/run-cli.ts';

let folder = '';
let capture = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halfopen-explain-'));
  capture = join(folder, 'flood.pcapng');
  // Every verdict that matters: clients served and not served, and a flood that nobody follows up.
  const run = await runCli(['run', 'syn-flood', '--until', '12s', '--pcapng', capture]);
  expect(run).toMatchObject({ code: 0, err: '' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function explain(...args: string[]): Promise<string> {
  const { code, out, err } = await runCli(['explain', ...args], { cwd: folder });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

async function refused(...args: string[]): Promise<string> {
  const { code, out, err } = await runCli(['explain', ...args], { cwd: folder });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^halfopen: .+\n$/);
  return err.trim().slice('halfopen: '.length);
}

test('--bounded holds 131,072 attempts, and says of how many it had to let go', async () => {
  writeFileSync(join(folder, 'long.pcap'), synFlood(140_000));
  const text = await explain('long.pcap', '--bounded', '--no-attempts', '--report', 'long.html');
  const json = JSON.parse(await explain('long.pcap', '--bounded', '--json', '--no-attempts'));
  expect(text).toContain('\n  140,000 attempts: ');
  expect(text).toContain('\n  8,928 attempts let go before the end, for room, each judged as it stood\n');
  expect(json).toMatchObject({ evicted: 8928, totals: { attempts: 140_000, unanswered: 140_000 } });
  expect(readFileSync(join(folder, 'long.html'), 'utf8')).toContain('8,928 attempts were let go for want of room');
});

/** SYNs to one server, each from an address of its own. */
function synFlood(count: number): Uint8Array {
  const writer = new PcapWriter({ linkType: 101 });
  const seg = Object.assign(new Segment(), { dst: 0xcb00_7150, sport: 4000, dport: 80, flags: SYN, wnd: 512 });
  const pieces = [writer.header()];
  const bytes = new Uint8Array(40);
  for (let i = 0; i < count; i++) {
    seg.src = 0xc612_0000 + i;
    seg.seq = i;
    encodeIpPacket(seg, new AddressTable(), bytes, 0);
    pieces.push(writer.packet(Math.floor(i / 10_000), (i % 10_000) * 100_000, bytes));
  }
  return Buffer.concat(pieces);
}

describe('outputs', () => {
  test('text, CSV and Parquet in one pass; JSON says the same', async () => {
    const text = await explain(capture, '--csv', 'a.csv', '--parquet', 'a.parquet', '--limit', '1');
    const json = JSON.parse(await explain('--json', capture));
    expect(json.schema).toBe('halfopen-explain-1');
    expect(json.files).toEqual([{ name: capture, format: 'pcapng', damage: '' }]);
    expect(json.passed).toBe(json.attempts.length);
    const { attempts, completed, halfOpen, unanswered } = json.totals;
    expect(attempts).toBeGreaterThan(1000);
    expect(Math.min(completed, halfOpen, unanswered)).toBeGreaterThan(0);
    const grouped = (count: number): string => count.toLocaleString('en-US');
    expect(text).toContain(
      `${grouped(attempts)} attempts: completed ${grouped(completed)}, half-open ${grouped(halfOpen)}`,
    );
    const byVerdict: Record<string, number> = {};
    for (const { verdict } of json.attempts) byVerdict[verdict] = (byVerdict[verdict] ?? 0) + 1;
    expect(byVerdict.completed).toBe(completed);
    const lines = readFileSync(join(folder, 'a.csv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe(ATTEMPT_COLUMNS.map(({ name }) => name).join(','));
    expect(lines).toHaveLength(json.attempts.length + 1);
    if (duckdb === undefined) return;
    for (const file of ['a.parquet', 'a.csv']) {
      const rows = await duckdb(`select verdict, count(*)::int n from '${join(folder, file)}' group by verdict`);
      expect(Object.fromEntries(rows.map(({ verdict, n }) => [verdict, n]))).toEqual(byVerdict);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('- is standard output instead of text', async () => {
    const csv = await explain(capture, '--csv', '-', '--verdict', 'completed');
    expect(csv.startsWith('verdict,detail,first_time,')).toBe(true);
    expect(
      new Set(
        csv
          .trimEnd()
          .split('\n')
          .slice(1)
          .map((line) => line.split(',')[0]),
      ),
    ).toEqual(new Set(['completed']));
  });

  test('--no-attempts leaves the summary', async () => {
    const out = await explain(capture, '--no-attempts');
    expect(out).toMatch(/^.*flood\.pcapng: pcapng, [\d,]+ packets/);
    expect(out).not.toContain('  SYN      packet');
    expect(JSON.parse(await explain(capture, '--no-attempts', '--json'))).not.toHaveProperty('attempts');
  });

  test('--detectors and --details say more, not less', async () => {
    const short = await explain(capture, '--limit', '5');
    const long = await explain(capture, '--limit', '5', '--details', '--detectors');
    const told = new Set(long.split('\n'));
    expect(short.split('\n').filter((line) => !told.has(line) && !line.includes('--detectors'))).toEqual([]);
    expect(long).toContain('  Zeek      ');
  });
});

describe('filters', () => {
  test('choose attempts, and say how many', async () => {
    const all = JSON.parse(await explain('--json', capture));
    const server = all.attempts[0].server;
    const some = JSON.parse(
      await explain(
        '--json',
        capture,
        '--host',
        `${server}/32`,
        '--verdict',
        'completed',
        '--from',
        '2s',
        '--to',
        '8s',
      ),
    );
    const wanted = all.attempts.filter(
      (attempt: { verdict: string; firstAt: number }) =>
        attempt.verdict === 'completed' && attempt.firstAt >= 2e9 && attempt.firstAt <= 8e9,
    );
    expect(some.attempts).toEqual(wanted);
    expect(some.totals).toEqual(all.totals);
    expect(await explain(capture, '--verdict', 'completed', '--limit', '1')).toMatch(
      /\n[\d,]+ of [\d,]+ (attempts|rows) pass the filters\n/,
    );
    expect(await explain(capture, '--port', '9')).toMatch(/\n0 of [\d,]+ (attempts|rows) pass the filters\n$/);
  });
});

describe('--jobs', () => {
  test('changes no result, of two files that overlap or of one that is damaged', async () => {
    // Sections of a pcapng one after the other, stored without being compressed: large enough for a thread.
    const sections = Array.from({ length: 5 }, () => readFileSync(capture));
    const large = gzipSync(Buffer.concat(sections), { level: 0 });
    expect(large.length).toBeGreaterThan(1 << 20);
    writeFileSync(join(folder, 'large.pcapng.gz'), large);
    writeFileSync(join(folder, 'also.pcapng.gz'), large);
    writeFileSync(join(folder, 'damaged.pcapng.gz'), Buffer.from(large).fill(0, 600_000, 600_064));
    for (const paths of [['large.pcapng.gz', 'also.pcapng.gz'], ['damaged.pcapng.gz']]) {
      const one = await runCli(['explain', '--json', '--jobs', '1', ...paths], { cwd: folder });
      const two = await runCli(['explain', '--json', '--jobs', '2', ...paths], { cwd: folder });
      expect(one.code).toBe(paths[0] === 'damaged.pcapng.gz' ? 2 : 0);
      expect(JSON.parse(one.out).attempts.length).toBeGreaterThan(100);
      expect(two).toEqual(one);
    }
  }, 120_000);

  test('wants a number of threads', async () => {
    expect(await refused(capture, '--jobs', '0')).toBe('--jobs: expected a whole number from 1 to 64, found "0"');
  });
});

describe('what is left behind', () => {
  test('a capture that is none makes no files; one that is cut makes those of what was there', async () => {
    writeFileSync(join(folder, 'none.pcap'), 'Dear diary');
    expect(await refused('none.pcap', '--csv', 'none.csv')).toContain('none.pcap: not a capture');
    expect(readdirSync(folder)).not.toContain('none.csv');
    const whole = readFileSync(capture);
    writeFileSync(join(folder, 'cut.pcapng'), whole.subarray(0, whole.length >> 1));
    const { code, out, err } = await runCli(['explain', 'cut.pcapng', '--csv', 'cut.csv'], { cwd: folder });
    expect(code).toBe(2);
    expect(err).toContain('cut.pcapng: the file ends within');
    expect(out).toContain('the file ends within');
    expect(readFileSync(join(folder, 'cut.csv'), 'utf8').split('\n').length).toBeGreaterThan(100);
  });
});
