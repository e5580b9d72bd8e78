import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PcapWriter } from '../capture.ts';
import { CaptureSource } from './capture-source.ts';
import { streamTimeline } from './capture-timeline.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfopen-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A pcap whose frames come at these seconds, each holding its time and the letter of its file. */
function pcap(letter: string, ...times: number[]): Buffer {
  const writer = new PcapWriter({ linkType: 101 });
  return Buffer.concat([writer.header(), ...times.map((t) => writer.packet(t, 500, Buffer.from(`${letter}${t}`)))]);
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function read(...paths: string[]): Promise<{ frames: string[]; notes: string[] }> {
  const sources = paths.map((path) => new CaptureSource(path));
  const frames: string[] = [];
  await streamTimeline(sources, ({ number, ts, bytes, off, end }) => {
    frames.push(`${number} ${ts / 1e9} ${Buffer.from(bytes.subarray(off, end)).toString('latin1')}`);
  });
  return { frames, notes: sources.map((source) => source.note) };
}

test('rotated files in time order, whatever order they are named in', async () => {
  const paths = [file('c', pcap('c', 30, 31)), file('a', gzipSync(pcap('a', 10, 11))), file('b', pcap('b', 20))];
  const { frames, notes } = await read(...paths);
  expect(frames).toEqual(['1 0 a10', '2 1 a11', '3 10 b20', '4 20 c30', '5 21 c31']);
  expect(notes).toEqual(['', '', '']);
});

test('overlapping files interleave; at one instant the file named first goes first', async () => {
  const { frames } = await read(file('a', pcap('a', 1, 3, 5)), file('b', pcap('b', 2, 3, 9)), file('c', pcap('c', 3)));
  expect(frames.map((frame) => frame.split(' ')[2])).toEqual(['a1', 'b2', 'a3', 'b3', 'c3', 'a5', 'b9']);
});

test('one file out of order stays as it is', async () => {
  expect((await read(file('a', pcap('a', 5, 3, 6)))).frames).toEqual(['1 0 a5', '2 -2 a3', '3 1 a6']);
});

test('a file that is corrupt, cut, no capture or missing loses only its own rest', async () => {
  const damaged = Buffer.concat([pcap('d', 2), Buffer.alloc(16, 0xff), Buffer.alloc(16, 0xff)]);
  const cut = pcap('e', 4, 5).subarray(0, -1);
  const { frames, notes } = await read(
    file('d', damaged),
    file('a', pcap('a', 1, 3, 7)),
    file('e', cut),
    file('x', Buffer.from('hello world')),
    join(folder, 'none'),
    file('z', gzipSync(pcap('z', 6)).subarray(0, -8)),
  );
  expect(frames.map((frame) => frame.split(' ')[2])).toEqual(['a1', 'd2', 'a3', 'e4', 'z6', 'a7']);
  expect(notes[0]).toContain('reading stopped at damage');
  expect(notes[1]).toBe('');
  expect(notes[2]).toMatch(/^the file ends within the record/);
  expect(notes[3]).toMatch(/^not a capture: it begins with the text 'hell'/);
  expect(notes[4]).toBe('no such file, expected a pcap or pcapng capture');
  expect(notes[5]).toMatch(/^the gzip data ends early/);
});

test('every cut of a compressed capture gives frames from its front', async () => {
  const whole = gzipSync(pcap('a', 1, 2, 3, 4));
  for (let length = 2; length < whole.length; length += 3) {
    const source = new CaptureSource(file('a', whole.subarray(0, length)));
    let frames = 0;
    await streamTimeline([source], () => frames++);
    expect(frames).toBe(source.reader.frames);
    expect(source.failure?.message).toContain(join(folder, 'a'));
  }
});
