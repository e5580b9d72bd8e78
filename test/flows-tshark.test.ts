/** Wireshark as the judge of `tcp.completeness`: every stream of the real captures, where tshark is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PcapngWriter, readFrames } from '../src/capture.ts';
import { FlowTable, PacketCounts } from '../src/diagnose.ts';
import { ACK, AddressTable, decodeFrame, Packet, SYN } from '../src/wire.ts';

const FOLDER = join(import.meta.dirname, '../../shared/captures');
// Wireshark shows a datagram put together again at its last fragment.
const isWhole = (name: string): boolean => /\.pcap(ng)?$/.test(name) && !name.includes('fragment');
const captures = existsSync(FOLDER) ? readdirSync(FOLDER).filter(isWhole) : [];
const there = spawnSync('tshark', ['--version']).status === 0;
if (!there) console.log('skipped: completeness as tshark has it (tshark is not installed)');
if (captures.length === 0) console.log('skipped: completeness as tshark has it (the captures are not here)');

test.skipIf(!there || captures.length === 0)(
  'completeness of every stream of the captures',
  { timeout: 60_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'halfopen-'));
    try {
      const file = join(folder, 'all.pcapng');
      const bytes = joined();
      writeFileSync(file, bytes);
      const judged = tshark(file);
      const shown: Shown = {};
      const wanted: Shown = {};
      for (const { frames, completeness } of ours(bytes)) {
        const last = frames.at(-1)!;
        shown[last] = completeness;
        // Even the second time, a frame shows what was known before it: of a lonely segment that is not a SYN, nothing.
        wanted[last] = frames.length === 1 && judged[last] === 0 ? completeness : judged[last]!;
      }
      expect(Object.keys(shown).length).toBeGreaterThan(20_000);
      expect(shown).toEqual(wanted);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

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

/** Completeness by number of frame. */
type Shown = Record<number, number>;

/** Streams begin where Wireshark begins them; what they have shown the table says. */
function ours(bytes: Uint8Array): Ours[] {
  const table = new FlowTable();
  const streams = new Map<string, Stream>();
  const all: Stream[] = [];
  const addresses = new AddressTable();
  const packet = new Packet();
  const counts = new PacketCounts();
  for (const frame of readFrames(bytes)) {
    decodeFrame(frame.bytes, frame.view, frame.off, frame.end, frame.linkType, addresses, packet);
    if (!counts.count(packet, frame.linkType)) continue;
    const { seg } = packet;
    const from = `${seg.src} ${seg.sport}`;
    const to = `${seg.dst} ${seg.dport}`;
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    const ipBytes = packet.wireEnd - packet.ipOff;
    let stream = streams.get(key);
    const syn = (seg.flags & (SYN | ACK)) === SYN;
    const base = stream?.bases.get(from);
    if (stream === undefined || (syn && base !== undefined && base !== seg.seq)) {
      stream = { flow: table.open(frame.ts, seg, ipBytes), opener: from, frames: [], bases: new Map() };
      streams.set(key, stream);
      all.push(stream);
    } else {
      table.packet(stream.flow, from === stream.opener, frame.ts, seg, ipBytes);
    }
    stream.frames.push(frame.number);
    if (!stream.bases.has(from)) stream.bases.set(from, (seg.flags & SYN) !== 0 ? seg.seq : (seg.seq - 1) >>> 0);
    if ((seg.flags & ACK) !== 0 && !stream.bases.has(to)) stream.bases.set(to, (seg.ack - 1) >>> 0);
  }
  return all.map(({ flow, frames }) => ({ frames, completeness: table.read(flow, 'client').completeness }));
}

interface Ours {
  readonly frames: readonly number[];
  readonly completeness: number;
}

interface Stream {
  readonly flow: number;
  readonly opener: string;
  readonly frames: number[];
  /** Sequence number at which Wireshark has each side begin: a SYN with another one begins a stream. */
  readonly bases: Map<string, number>;
}

/** Two passes, since the first shows each frame what was known before it. */
function tshark(file: string): Shown {
  const fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'tcp.completeness', '-e', 'icmp.type'];
  const run = spawnSync('tshark', ['-2', '-n', '-r', file, '-Y', 'tcp', ...fields], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(run.status).toBe(0);
  const shown: Shown = {};
  for (const line of run.stdout.split('\n')) {
    const [frame, values, icmp] = line.split('\t');
    // An ICMP error quotes a segment; that is no segment of its stream. In a tunnel, the innermost counts.
    if (icmp === '' && values !== undefined && values !== '') shown[Number(frame)] = Number(values.split(',').at(-1));
  }
  return shown;
}
