/** A packet of the script on its way into the stack: addresses, ports and numbers become the stack's. */
import { ACK, type Segment, SYN, Segment as WireSegment } from '../wire/segment.ts';
import { decodeOptions } from '../wire/tcp-options.ts';
import type { PacketAction } from './ast.ts';
import type { Bench } from './bench.ts';
import { ScriptError } from './error.ts';
import type { Mapping } from './mapping.ts';
import { encodeScriptOptions } from './option-bytes.ts';

/** The segment that `packet` stands for. Throws a ScriptError when a TSecr echoes nothing that was sent. */
export function liveSegment(
  packet: PacketAction,
  map: Mapping,
  bench: Bench,
  file: string,
  tsEcrScaled: boolean,
): Segment {
  const seg = new WireSegment();
  const syn = (packet.flags & SYN) !== 0;
  seg.src = bench.remote;
  seg.dst = bench.local;
  seg.sport = packet.ports?.from || map.remotePort;
  seg.dport = packet.ports?.to || map.localPort;
  seg.flags = packet.flags;
  seg.seq = map.toLiveRemote(packet.seq, syn);
  if (packet.ack !== undefined) seg.ack = (packet.flags & ACK) !== 0 ? map.toLiveLocal(packet.ack, syn) : packet.ack;
  else if ((packet.flags & ACK) !== 0) seg.ack = map.toLiveLocal(0, syn);
  seg.wnd = packet.window ?? 0;
  seg.ecn = ECN[packet.ip.ecn ?? ''] ?? (packet.ip.tos ?? 0) & 3;
  seg.urg = packet.urgent ?? 0;
  seg.len = packet.len;
  seg.payload = new Uint8Array(packet.len);
  const bytes = encodeScriptOptions(packet.options === 'any' ? [] : packet.options, {
    sack: map.toLiveLocal(0, syn),
    tsVal: (value) => value,
    tsEcr: (value) => ((packet.flags & ACK) === 0 ? value : liveEcr(value, packet, map, file, tsEcrScaled)),
  });
  seg.rawOpt = bytes;
  seg.rawOptLen = bytes.length;
  decodeOptions(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length, seg, false);
  return seg;
}

function liveEcr(value: number, packet: PacketAction, map: Mapping, file: string, scaled: boolean): number {
  const ecr = map.liveTs(value, scaled);
  if (ecr !== undefined) return ecr;
  throw new ScriptError(
    file,
    packet.place,
    `expected TS ecr to echo a TS val that the script has seen sent, found ${value}`,
  );
}

/** `ect01` is a question, not an answer; the lower one will do. */
const ECN: Readonly<Record<string, number>> = { ect0: 2, ect1: 1, ect01: 1, ce: 3 };
