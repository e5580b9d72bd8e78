import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CaptureReader, readFrames } from '../capture/reader.ts';
import { Segment, SYN } from '../wire/segment.ts';
import { SegmentTap } from './segment-tap.ts';

const folder = await mkdtemp(join(tmpdir(), 'halfopen-tap-'));
afterAll(() => rm(folder, { recursive: true }));

test('writes what passes, up to its bound, and counts the rest', async () => {
  const path = join(folder, 'tap.pcapng');
  const tap = await SegmentTap.create(path, 'server', 3);
  const seg = Object.assign(new Segment(), { src: 0x0a000001, dst: 0xcb007150, sport: 7, dport: 80, flags: SYN });
  for (let i = 0; i < 5; i++) {
    tap.packet(i * 1_000_000_001, seg, 'passed');
    // Its death is no packet of its own.
    tap.packet(i * 1_000_000_001, seg, 'box');
    if (i === 1) await tap.flush();
  }
  await tap.close();
  expect([tap.seen, tap.written]).toEqual([5, 3]);
  const reader = new CaptureReader('tap.pcapng');
  const times: number[] = [];
  for (const frame of readFrames(new Uint8Array(await readFile(path)), reader)) times.push(frame.ts);
  expect(times).toEqual([0, 1_000_000_001, 2_000_000_002]);
  expect(reader.truncated).toBeUndefined();
});

test('a file that cannot be is one sentence', async () => {
  await expect(SegmentTap.create('/nowhere/x', 'edge')).rejects.toThrow(
    'cannot write /nowhere/x: no such file or folder',
  );
});
