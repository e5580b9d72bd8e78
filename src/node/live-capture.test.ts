import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PcapWriter } from '../capture.ts';
import { LiveCapture } from './live-capture.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halfopen-live-'));
  path = join(folder, 'live.pcap');
});
afterEach(() => rm(folder, { recursive: true }));

const writer = new PcapWriter({ linkType: 1 });
const packet = (sec: number): Uint8Array => writer.packet(1_700_000_000 + sec, 0, new Uint8Array(60));

interface Seen {
  /** Number and seconds of each frame. */
  readonly frames: (readonly [number, number])[];
  readonly notes: string[];
  readonly capture: LiveCapture;
}

/** Reads the capture; at its end, does the next of `steps`, and stops when there is none. */
async function read(...steps: (() => Promise<unknown>)[]): Promise<Seen> {
  const stop = new AbortController();
  const notes: string[] = [];
  const frames: (readonly [number, number])[] = [];
  const capture = new LiveCapture(path, {
    signal: stop.signal,
    follow: true,
    onNote: (sentence) => notes.push(sentence),
    wait: async () => {
      const step = steps.shift();
      if (step === undefined) stop.abort();
      else await step();
    },
  });
  await capture.read(({ number, ts }) => frames.push([number, ts / 1e9]));
  return { frames, notes, capture };
}

test('a record that is half written is waited for', async () => {
  const whole = packet(1);
  await writeFile(path, Buffer.concat([writer.header(), packet(0), whole.subarray(0, 20)]));
  const { frames, capture } = await read(() => appendFile(path, whole.subarray(20)));
  expect(frames).toEqual([
    [1, 0],
    [2, 1],
  ]);
  expect([capture.failure, capture.startSec, capture.format]).toEqual([undefined, 1_700_000_000, 'pcap']);
});

test('over a replaced file, numbers and times go on', async () => {
  await writeFile(path, Buffer.concat([writer.header(), packet(0), packet(1)]));
  const { frames, notes } = await read(async () => {
    await rename(path, `${path}.1`);
    await writeFile(path, Buffer.concat([writer.header(), packet(61)]));
  });
  expect(frames).toEqual([
    [1, 0],
    [2, 1],
    [3, 61],
  ]);
  expect(notes).toEqual([`${path} was replaced: reading it from its beginning`]);
});

test('a file that is written anew in its place, as tcpdump -G does with one name', async () => {
  await writeFile(path, Buffer.concat([writer.header(), packet(0), packet(1), packet(2).subarray(0, 30)]));
  const { frames, notes } = await read(() => writeFile(path, Buffer.concat([writer.header(), packet(3)])));
  expect(frames.map(([number]) => number)).toEqual([1, 2, 3]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/was truncated \(the file ends within the record at byte 176: .*\): reading it from its/);
});

test('who stops within a record has damaged nothing', async () => {
  await writeFile(path, Buffer.concat([writer.header(), packet(0), packet(1).subarray(0, 20)]));
  const { frames, capture } = await read();
  expect(frames).toHaveLength(1);
  expect(capture.failure).toBe(undefined);
});

test('damage ends the reading in a sentence', async () => {
  await writeFile(path, Buffer.concat([writer.header(), packet(0), new Uint8Array(16).fill(0xff)]));
  const { frames, capture } = await read();
  expect(frames).toHaveLength(1);
  expect(capture.failure?.message).toMatch(/^.*live\.pcap: damaged at byte 100: /);
});

test('a file that is not there is one sentence', async () => {
  const { capture } = await read();
  expect(capture.failure?.message).toBe(`${path}: no such file, expected a pcap or pcapng capture`);
});

const pipes = spawnSync('mkfifo', ['--version']).status === 0;

test.skipIf(!pipes)('a named pipe ends when its writer does, and a silent one is let go of', async () => {
  spawnSync('mkfifo', [path]);
  const bytes = Buffer.concat([writer.header(), packet(0), packet(2)]);
  const [{ frames, capture }] = await Promise.all([read(), writeFile(path, bytes)]);
  expect(frames).toEqual([
    [1, 0],
    [2, 2],
  ]);
  expect(capture.failure).toBeUndefined();
  const stop = new AbortController();
  const silent = new LiveCapture(path, { signal: stop.signal, follow: true });
  const reading = silent.read(() => {});
  stop.abort();
  await reading;
  expect(silent.failure).toBeUndefined();
});
