import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CaptureReader, Frame, FramesAhead, PcapngWriter, PcapWriter } from '../capture.ts';
import { AHEAD } from './types.ts';

const records = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 40 });

function written(format: 'pcap' | 'pcapng', frames: readonly Uint8Array[]): Uint8Array {
  const pcap = new PcapWriter({ linkType: 1 });
  const pcapng = new PcapngWriter();
  const pieces =
    format === 'pcap'
      ? [pcap.header(), ...frames.map((bytes, i) => pcap.packet(i, 0, bytes))]
      : [
          pcapng.header(),
          pcapng.addInterface({ linkType: 1 }),
          ...frames.map((bytes, i) => pcapng.packet(i, 0, bytes, i % 7 === 3 ? { comment: 'seen' } : {})),
        ];
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

test.each(['pcap', 'pcapng'] as const)('%s: what is seen ahead is what then comes', (format) => {
  fc.assert(
    fc.property(records, fc.nat(200), (frames, missing) => {
      const bytes = written(format, frames);
      const reader = new CaptureReader();
      reader.push(bytes.subarray(0, Math.max(0, bytes.length - missing)));
      const frame = new Frame();
      const ahead = new FramesAhead();
      const seen: number[][] = [];
      const read: number[][] = [];
      while (reader.next(frame)) {
        read.push([frame.linkType, frame.off, frame.end]);
        if (read.length <= seen.length) continue;
        seen.push(read.at(-1)!);
        reader.lookAhead(ahead);
        expect(ahead.bytes).toBe(frame.bytes);
        for (let i = 0; i < ahead.count; i++) seen.push([ahead.linkType, ahead.off[i]!, ahead.end[i]!]);
        // As many as there is room for, where so many are whole.
        expect(ahead.count).toBeLessThanOrEqual(AHEAD);
      }
      expect(read).toEqual(seen);
    }),
  );
});

test('sees no further than the first damage, and nothing before the file header is read', () => {
  const bytes = written('pcap', [new Uint8Array(5), new Uint8Array(6), new Uint8Array(7)]);
  const ahead = new FramesAhead();
  const reader = new CaptureReader();
  reader.lookAhead(ahead);
  expect(ahead.count).toBe(0);
  // The third record claims 2^31 bytes and more.
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(24 + 21 + 22 + 8, 0xffffffff, true);
  reader.push(bytes);
  expect(reader.next(new Frame())).toBe(true);
  reader.lookAhead(ahead);
  expect([ahead.count, ahead.end[0]! - ahead.off[0]!]).toEqual([1, 6]);
});
