/**
 * The capture fuzzer: captures built by our own writers out of handshakes, floods, fragments, ICMP errors and every
 * encapsulation, then damaged, and read the whole way: reader, decoding, fragments, tracker, findings. Nothing may be
 * thrown but `CaptureError`, and what is counted must add up. A case is a number, and its number says all about it.
 */
import { CaptureError, CaptureReader, Frame, PcapngWriter, PcapWriter } from '../../src/capture.ts';
import { type Attempt, Examiner, VERDICT_NAMES, verdictTotals } from '../../src/diagnose.ts';
import { AddressTable } from '../../src/wire/address.ts';
import { encodeIcmpError, IcmpError, icmpRoom, setIcmp } from '../../src/wire/icmp.ts';
import { encodeIpPacket, ipPacketLength } from '../../src/wire/packet.ts';
import { ACK, FIN, PSH, RST, Segment, SYN } from '../../src/wire/segment.ts';
import { ENCAPSULATED } from '../support/encapsulated-frames.ts';
import { fragment, fragmentsOf } from '../support/fragments.ts';
import { Dice } from './dice.ts';

const LINKTYPE_RAW = 101;
const LINK_TYPES: readonly number[] = [LINKTYPE_RAW, ...new Set(ENCAPSULATED.map(({ linkType }) => linkType))];
/** Lengths and counts that have broken readers before. */
const ABSURD = [0, 1, 3, 4, 8, 12, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff, 64 << 20, (64 << 20) + 4];

/** Throws an Error whose message names the case and what went wrong. */
export function runCapture(seed: number): void {
  try {
    const dice = new Dice(seed);
    examine(damaged(dice, captureOf(dice)), dice);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`captures/${seed}: ${message}`, { cause: error });
  }
}

/** Reads `file` in chunks of any size. It may end in damage, which is told. */
export function examine(file: Uint8Array, dice: Dice): Examiner {
  const attempts: Attempt[] = [];
  const limits = { maxAttempts: dice.of([1, 16, 1000]), quiet: dice.of([0, 16]) };
  const examiner = new Examiner({
    sink: (attempt) => attempts.push(attempt),
    ...(dice.oneIn(2) && { limits }),
  });
  const reader = new CaptureReader('fuzz');
  const frame = new Frame();
  let frames = 0;
  const pull = (): void => {
    while (reader.next(frame)) {
      frames++;
      if (frame.off > frame.end || frame.end > frame.bytes.length) throw new Error('a frame beyond its buffer');
      examiner.onFrame(frame);
    }
  };
  try {
    const most = dice.of([1, 7, 100, 1 << 16]);
    for (let at = 0; at < file.length; ) {
      const size = 1 + dice.below(most);
      reader.push(file.subarray(at, at + size));
      at += size;
      pull();
    }
    reader.end();
    pull();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  examiner.finish();
  check(examiner, attempts, frames);
  return examiner;
}

function check(examiner: Examiner, attempts: readonly Attempt[], frames: number): void {
  const { counts } = examiner;
  if (counts.packets !== frames) throw new Error(`${counts.packets} packets counted, ${frames} frames read`);
  const outcomes = counts.byStatus.reduce((sum, count) => sum + count, 0);
  if (outcomes !== frames) throw new Error(`${outcomes} outcomes of ${frames} frames`);
  const totals = verdictTotals(examiner.tracker);
  const told = attempts.filter(({ verdict }) => !NO_ATTEMPTS.has(VERDICT_NAMES[verdict]!)).length;
  if (told !== totals.attempts) throw new Error(`${told} attempts given, ${totals.attempts} counted`);
  const syns = attempts.reduce((sum, { synSchedule }) => sum + synSchedule.sent, 0);
  if (syns > counts.syn) throw new Error(`${syns} SYNs in attempts, ${counts.syn} in the capture`);
  const odd = findOdd(examiner.findings(), 'findings') || findOdd(attempts, 'attempts');
  if (odd !== '') throw new Error(odd);
}

/** The first number in plain data that is none. */
function findOdd(value: unknown, path: string): string {
  if (typeof value === 'number') return Number.isNaN(value) ? `${path} is NaN` : '';
  if (typeof value !== 'object' || value === null) return '';
  for (const [key, inner] of Object.entries(value)) {
    const odd = findOdd(inner, `${path}.${key}`);
    if (odd !== '') return odd;
  }
  return '';
}

// ---- captures ----------------------------------------------------------------------------------------------------------

/** A sound capture. */
export function captureOf(dice: Dice): Uint8Array {
  const addresses = new AddressTable();
  const linkType = dice.oneIn(2) ? LINKTYPE_RAW : dice.of(LINK_TYPES);
  const frames: Uint8Array[] = [];
  for (let n = 1 + dice.below(12); n > 0; n--) frames.push(...framesOf(dice, linkType, addresses));
  let time = 1_700_000_000 * 1e9;
  const stamp = (): [number, number] => {
    time += dice.of([0, 1, 1000, 1e6, 1e9, 70e9, -5e6]);
    return [Math.floor(time / 1e9), time - Math.floor(time / 1e9) * 1e9];
  };
  if (dice.oneIn(2)) {
    const writer = new PcapWriter({ linkType, nanos: dice.oneIn(2) });
    return Buffer.concat([writer.header(), ...frames.map((bytes) => writer.packet(...stamp(), bytes))]);
  }
  const writer = new PcapngWriter();
  const pieces = [writer.header('fuzz'), writer.addInterface({ linkType, name: 'any' })];
  for (const bytes of frames) pieces.push(writer.packet(...stamp(), bytes, { comment: dice.oneIn(4) ? 'x' : '' }));
  return Buffer.concat(pieces);
}

function framesOf(dice: Dice, linkType: number, addresses: AddressTable): Uint8Array[] {
  if (linkType !== LINKTYPE_RAW) {
    const { hex } = dice.of(ENCAPSULATED.filter((each) => each.linkType === linkType));
    return [Uint8Array.from(Buffer.from(hex, 'hex'))];
  }
  const v6 = dice.oneIn(3);
  const client = addresses.parse(v6 ? `2001:db8::${1 + dice.below(4)}` : `198.51.100.${dice.below(4)}`);
  const server = addresses.parse(v6 ? '2001:db8::80' : '192.0.2.80');
  const sport = 40000 + dice.below(3);
  const x = dice.of([0, 1000, 0x7fff_ffff, 0xffff_ffff]);
  const y = dice.of([0, 5000, 0xffff_ffff]);
  const packet = (seg: Segment): Uint8Array => {
    const out = new Uint8Array(ipPacketLength(seg));
    encodeIpPacket(seg, addresses, out, 0, { ipId: dice.below(3) });
    return out;
  };
  const out = (flags: number, seq: number, ack: number, len = 0): Uint8Array =>
    packet(segment(client, sport, server, 80, flags, seq, ack, len));
  const back = (flags: number, seq: number, ack: number, len = 0): Uint8Array =>
    packet(segment(server, 80, client, sport, flags, seq, ack, len));
  const syn = out(SYN, x, 0, dice.of([0, 0, 0, 20]));
  switch (dice.below(9)) {
    case 0:
      return [syn];
    case 1:
      return [syn, back(SYN | ACK, y, x + 1)];
    case 2:
      return [syn, back(RST | ACK, 0, x + 1)];
    case 3:
      return [syn, back(SYN | ACK, y, x + 1), out(RST, x + 1, 0)];
    case 4:
      return [syn, ...fragmentsOf(out(ACK | PSH, x + 1, y + 1, 300), [8 * (1 + dice.below(40)), 160], dice.below(4))];
    case 5: {
      const whole = out(SYN, x, 0, 64);
      return [
        fragment(whole, 0, 48, 9, true),
        fragment(whole, 40, 84, 9, false),
        fragment(whole, 8 * dice.below(10), 80, 9, dice.oneIn(2)),
      ];
    }
    case 6:
      return [syn, icmpAbout(dice, client, server, sport, x, addresses)];
    case 7:
      return Array.from({ length: 40 }, (_, i) => packet(segment(client, 1024 + i, server, 80, SYN, x + i, 0, 0)));
    default:
      return [
        ...[syn, back(SYN | ACK, y, x + 1), out(ACK, x + 1, y + 1), out(ACK | PSH, x + 1, y + 1, 100)],
        ...[back(ACK | FIN, y + 1, x + 101), out(ACK | FIN, x + 101, y + 2), back(ACK, y + 2, x + 102)],
      ];
  }
}

function segment(
  src: number,
  sport: number,
  dst: number,
  dport: number,
  flags: number,
  seq: number,
  ack: number,
  len: number,
): Segment {
  const seg = new Segment();
  Object.assign(seg, { src, sport, dst, dport, flags, seq: seq >>> 0, ack: ack >>> 0, wnd: 64240, len });
  if ((flags & SYN) !== 0) Object.assign(seg, { mss: 1460, ws: 7, sackPerm: true, tsVal: 1, tsEcr: 0 });
  seg.payload = new Uint8Array(len);
  return seg;
}

function icmpAbout(dice: Dice, client: number, server: number, sport: number, x: number, addresses: AddressTable) {
  const error = new IcmpError();
  error.src = server;
  error.dst = client;
  const v6 = addresses.isV6(server);
  setIcmp(error, v6, v6 ? 1 : 3, dice.below(6));
  const quoted = segment(client, sport, server, 80, SYN, x, 0, 0);
  Object.assign(error.quoted, { ...quoted, sack: error.quoted.sack, tfo: error.quoted.tfo });
  const out = new Uint8Array(icmpRoom(error));
  return out.slice(0, encodeIcmpError(error, addresses, out, 0));
}

// ---- damage ------------------------------------------------------------------------------------------------------------

function damaged(dice: Dice, file: Uint8Array): Uint8Array {
  let bytes = Uint8Array.from(file);
  for (let n = dice.below(6); n > 0 && bytes.length > 8; n--) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const at = dice.below(bytes.length - 4);
    switch (dice.below(6)) {
      case 0:
        bytes[at]! ^= 1 << dice.below(8);
        break;
      case 1:
        bytes[at] = dice.below(256);
        break;
      case 2:
        view.setUint32(at & ~3, dice.of(ABSURD), dice.oneIn(2));
        break;
      case 3:
        bytes = bytes.slice(0, at);
        break;
      case 4:
        bytes = Uint8Array.from(Buffer.concat([bytes.subarray(0, at), bytes.subarray(dice.below(at + 1))]));
        break;
      default:
        bytes = Uint8Array.from(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + dice.below(40))]));
    }
  }
  return bytes;
}

const NO_ATTEMPTS: ReadonlySet<string> = new Set(['syn-missing', 'mid-stream']);
