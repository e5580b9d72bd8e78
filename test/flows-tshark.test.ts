/** Wireshark as the judge of `tcp.completeness`: every row of the real captures, where tshark is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PcapngWriter, readFrames } from '../src/capture.ts';
import { type Attempt, Examiner, Fact } from '../src/diagnose.ts';

const FOLDER = join(import.meta.dirname, '../../shared/captures');
const isCapture = (name: string): boolean => /\.pcap(ng)?$/.test(name);
const captures = existsSync(FOLDER) ? readdirSync(FOLDER).filter(isCapture) : [];
const there = spawnSync('tshark', ['--version']).status === 0;
if (!there) console.log('skipped: completeness as tshark has it (tshark is not installed)');
if (captures.length === 0) console.log('skipped: completeness as tshark has it (the captures are not here)');

test.skipIf(!there || captures.length === 0)('completeness of every row of the captures', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfopen-'));
  try {
    const file = join(folder, 'all.pcapng');
    const bytes = joined();
    writeFileSync(file, bytes);
    const judged = tshark(file);
    const shown: Record<number, number> = {};
    const wanted: Record<number, number> = {};
    for (const { firstPacket, flow } of rows(bytes)) {
      shown[firstPacket] = flow.completeness;
      const stream = judged.get(firstPacket)!;
      // Even the second time, a frame shows what was known before it: of a lonely segment that is not a SYN, nothing.
      wanted[firstPacket] = stream.frames === 1 && stream.last === 0 ? flow.completeness : stream.last;
    }
    expect(Object.keys(shown).length).toBeGreaterThan(20_000);
    expect(shown).toEqual(wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** All captures in one pcapng file, with an interface for each link type: one run of tshark instead of 48. */
function joined(): Uint8Array {
  const writer = new PcapngWriter();
  const pieces = [writer.header()];
  const interfaces = new Map<number, number>();
  for (const name of captures) {
    for (const frame of readFrames(new Uint8Array(readFileSync(join(FOLDER, name))))) {
      const { linkType, tsSec, tsNanos, origLen } = frame;
      const interfaceId = interfaces.get(linkType) ?? interfaces.size;
      if (interfaceId === interfaces.size) pieces.push(writer.addInterface({ linkType }));
      interfaces.set(linkType, interfaceId);
      const packet = frame.bytes.subarray(frame.off, frame.end);
      pieces.push(writer.packet(tsSec, tsNanos, packet, { interfaceId, origLen }));
    }
  }
  return Buffer.concat(pieces);
}

/** Rows of the examiner. Two SYNs that cross are two of them, but one stream of Wireshark. */
function rows(bytes: Uint8Array): Attempt[] {
  const all: Attempt[] = [];
  const examiner = new Examiner({
    sink: (attempt) => {
      if ((attempt.facts & Fact.Crossed) === 0) all.push(attempt);
    },
  });
  for (const frame of readFrames(bytes)) examiner.onFrame(frame);
  examiner.finish();
  return all;
}

interface Stream {
  frames: number;
  /** Completeness that its last frame shows. */
  last: number;
}

/** Streams by number of frame. Two passes, since the first shows each frame what was known before it. */
function tshark(file: string): Map<number, Stream> {
  const fields = [
    '-T',
    'fields',
    '-e',
    'frame.number',
    '-e',
    'tcp.stream',
    '-e',
    'tcp.completeness',
    '-e',
    'icmp.type',
  ];
  const run = spawnSync('tshark', ['-2', '-n', '-r', file, '-Y', 'tcp', ...fields], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(run.status).toBe(0);
  const streams = new Map<string, Stream>();
  const byFrame = new Map<number, Stream>();
  for (const line of run.stdout.split('\n')) {
    const [frame, numbers, values, icmp] = line.split('\t');
    // An ICMP error quotes a segment; that is no segment of its stream. In a tunnel, the innermost counts.
    const number = numbers?.split(',').at(-1);
    if (icmp !== '' || number === undefined || values === undefined || values === '') continue;
    const stream = streams.get(number) ?? { frames: 0, last: 0 };
    stream.frames++;
    stream.last = Number(values.split(',').at(-1));
    streams.set(number, stream);
    byFrame.set(Number(frame), stream);
  }
  return byFrame;
}
