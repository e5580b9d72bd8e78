/** `halfopen watch` as a person meets it: on files and pipes, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PcapWriter } from '../src/capture.ts';
import { AddressTable } from '../src/wire/address.ts';
import { encodeEthernet } from '../src/wire/packet.ts';
import { ACK, FIN, Segment, SYN } from '../src/wire/segment.ts';
import { MAIN, runCli } from './support/run-cli.ts';
import { Traffic } from './support/traffic.ts';
import { flood, visitors } from './support/traffic-stories.ts';

let folder: string;
beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('dist/program/halfopen.js is missing: run "npm run build" first');
  folder = mkdtempSync(join(tmpdir(), 'halfopen-watch-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const writer = new PcapWriter({ linkType: 1 });
const addresses = new AddressTable();
const CLIENT = addresses.parse('192.0.2.1');
const SERVER = addresses.parse('203.0.113.80');

/** A segment between client and server at a second of the capture. */
function record(second: number, toServer: boolean, port: number, fields: Partial<Segment>): Uint8Array {
  const seg = Object.assign(new Segment(), { wnd: 64_240, ...fields });
  Object.assign(
    seg,
    toServer
      ? { src: CLIENT, sport: port, dst: SERVER, dport: 80 }
      : { src: SERVER, sport: 80, dst: CLIENT, dport: port },
  );
  const frame = new Uint8Array(200);
  const length = encodeEthernet(seg, addresses, frame, 0);
  return writer.packet(1_700_000_000 + Math.floor(second), Math.round((second % 1) * 1e9), frame.subarray(0, length));
}

/** One connection a second, from `from` on. */
function quiet(from: number, seconds: number): Uint8Array[] {
  return Array.from({ length: seconds }, (_, i) => from + i).flatMap((second) => {
    const port = 40_000 + second;
    return [
      record(second, true, port, { flags: SYN, seq: 1000, mss: 1460 }),
      record(second + 0.01, false, port, { flags: SYN | ACK, seq: 5000, ack: 1001, mss: 1460 }),
      record(second + 0.02, true, port, { flags: ACK, seq: 1001, ack: 5001 }),
      record(second + 0.03, true, port, { flags: FIN | ACK, seq: 1001, ack: 5001 }),
      record(second + 0.04, false, port, { flags: FIN | ACK, seq: 5001, ack: 1002 }),
    ];
  });
}

function capture(...records: Uint8Array[]): Buffer {
  return Buffer.concat([writer.header(), ...records]);
}

describe('plain lines', () => {
  test('a status each 10 s of capture time, then the summary', async () => {
    const { code, out, err } = await runCli(['watch', '-'], { stdin: capture(...quiet(0, 31)) });
    const lines = out.split('\n');
    expect([code, err]).toEqual([0, '']);
    expect(lines[0]).toBe('2023-11-14T22:13:29Z  SYN 1.0/s, completed 1.0/s, half-open 0, 50 packets');
    expect(lines.filter((line) => line.startsWith('2023'))).toHaveLength(3);
    expect(lines[3]).toBe('standard input: pcap, 155 packets in 30.040 s, from 2023-11-14T22:13:20.000Z');
    expect(lines[5]).toContain('31 attempts: completed 31');
  });

  test('--interval and --quiet', async () => {
    const stdin = capture(...quiet(0, 31));
    const often = await runCli(['watch', '-', '--interval', '1s'], { stdin });
    expect(often.out.match(/^2023/gm)).toHaveLength(30);
    const silent = await runCli(['watch', '-', '--quiet'], { stdin });
    expect(silent.out).toMatch(/^standard input: pcap, 155 packets/);
  });

  test('a file read to its end with --no-follow', async () => {
    const file = join(folder, 'whole.pcap');
    writeFileSync(file, capture(...quiet(0, 3)));
    const { code, out } = await runCli(['watch', '--no-follow', file]);
    expect([code, out.split('\n')[0]]).toEqual([
      0,
      `${file}: pcap, 15 packets in 2.040 s, from 2023-11-14T22:13:20.000Z`,
    ]);
  });
});

describe('JSON lines', () => {
  test('each line is an object with a time and an action; the last is the summary', async () => {
    const { code, out } = await runCli(['watch', '-', '--json-lines'], { stdin: capture(...quiet(0, 25)) });
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(lines.map((line) => line.event.action)).toEqual(['status', 'status', 'summary']);
    expect(lines.at(-1)).toMatchObject({
      '@timestamp': '2023-11-14T22:13:44.040000Z',
      event: { dataset: 'halfopen.watch', duration: 24.04e9 },
      halfopen: { packets: 125, syn: 25, totals: { attempts: 25, completed: 25 } },
    });
  });
});

describe('a flood', () => {
  let stdin: Buffer;
  beforeAll(() => {
    const raw = new PcapWriter({ linkType: 101 });
    const traffic = flood(visitors(new Traffic(), 0, 60, 3), { rate: 200, seconds: 20, from: 5 });
    const records = [...traffic.frames()].map(({ ts, bytes }) => {
      const sec = Math.floor(ts / 1e9);
      return raw.packet(1_700_000_000 + sec, ts - sec * 1e9, bytes);
    });
    stdin = Buffer.concat([raw.header(), ...records]);
  });

  test('begins and ends as lines, with its reasons; --fail-on makes it exit code 1', async () => {
    const { code, out, err } = await runCli(['watch', '-', '--quiet', '--fail-on', 'scan,flood'], { stdin });
    const alarms = out.split('\n').filter((line) => line.includes('ALARM'));
    expect([code, err]).toEqual([1, '']);
    expect(alarms[0]).toMatch(/^2023-11-14T22:13:\S+ {2}ALARM 1: flood against 203\.0\.113\.80:80 began at 2023-/);
    expect(alarms.at(-1)).toMatch(
      /ALARM 1: flood against 203\.0\.113\.80:80 ended, after \d+(\.\d)? s: [\d,]+ attempts/,
    );
    expect(out).toMatch(/\n {2}confidence (high|medium) \([> ]*\d\d\.\d %\)\n {2}[+-] /);
    expect((await runCli(['watch', '-', '--quiet', '--fail-on', 'scan'], { stdin })).code).toBe(0);
  });

  test('is an alert in JSON lines, the same one from beginning to end', async () => {
    const { out } = await runCli(['watch', '-', '--json-lines', '--quiet'], { stdin });
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const alerts = lines.filter((line) => line.event.kind === 'alert');
    expect(alerts[0]).toMatchObject({ event: { action: 'alarm-begin', severity: 3 }, rule: { name: 'flood' } });
    expect(alerts.at(-1)).toMatchObject({ event: { action: 'alarm-end' }, halfopen: { endedBy: 'quiet' } });
    expect(new Set(alerts.map((line) => line.event.id)).size).toBe(1);
    for (const alert of alerts) expect(alert.destination).toEqual({ ip: '203.0.113.80', port: 80 });
    expect(lines.at(-1).halfopen.alarms).toEqual({ going: 0, begun: 1 });
  });
});

describe('what can be wrong', () => {
  test('a cut input: what was computed stands, one sentence, exit code 2', async () => {
    const whole = capture(...quiet(0, 3));
    const { code, out, err } = await runCli(['watch', '-'], { stdin: whole.subarray(0, whole.length - 5) });
    expect(code).toBe(2);
    expect(out).toContain('standard input: pcap, 14 packets');
    expect(err).toMatch(/^halfopen: standard input: the file ends within the record at byte \d+: .*\n$/);
  });

  test.each([
    [['watch', 'missing.pcap'], 'missing.pcap: no such file, expected a pcap or pcapng capture'],
    [['watch', '-', '--interval', '0'], '--interval: expected a time of at least 1s, such as 10s or 5m, found "0"'],
    [
      ['watch', '-', '--metrics', 'nowhere'],
      '--metrics: expected an address and a port such as 127.0.0.1:9400, found "nowhere"',
    ],
    [['watch', '-', '--fail-on', 'food'], '--fail-on: expected flood, scan, backscatter,'],
  ])('%j is one sentence', async (args, sentence) => {
    const { code, out, err } = await runCli(args, { cwd: folder });
    expect([code, out]).toEqual([2, '']);
    expect(err.startsWith(`halfopen: ${sentence}`)).toBe(true);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('a growing file is followed, metrics tell how far, Ctrl+C ends it with the summary and exit code 0', async () => {
  const file = join(folder, 'grows.pcap');
  writeFileSync(file, capture(...quiet(0, 2)));
  const child = spawn(process.execPath, [MAIN, 'watch', file, '--metrics', '127.0.0.1:0'], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    out += piece;
  });
  const [said] = await once(child.stderr.setEncoding('utf8'), 'data');
  const url = /^halfopen: metrics at (http:\S+)\n$/.exec(said)?.[1] ?? '';
  const packets = async (): Promise<number> =>
    Number(/^halfopen_packets_total (\d+)$/m.exec(await (await fetch(url)).text())?.[1]);
  while ((await packets()) < 10);
  const more = quiet(2, 3);
  // Cut within a record: the rest of it comes later.
  const bytes = Buffer.concat(more);
  appendFileSync(file, bytes.subarray(0, 500));
  while ((await packets()) < 15);
  appendFileSync(file, bytes.subarray(500));
  while ((await packets()) < 25);
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect([code, out.split('\n')[0]]).toEqual([
    0,
    `${file}: pcap, 25 packets in 4.040 s, from 2023-11-14T22:13:20.000Z`,
  ]);
});
