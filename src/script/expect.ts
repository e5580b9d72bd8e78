/** Is what the stack sent what the script expects? Compared in the script's numbers; the first difference is told. */

import { OptionCursor, optionName } from '../wire/option-cursor.ts';
import { flagNames } from '../wire/print.ts';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, type Segment, SYN, URG } from '../wire/segment.ts';
import { encodeOptions, MAX_OPTION_BYTES, OptionKind } from '../wire/tcp-options.ts';
import type { IpInfo, PacketAction } from './ast.ts';
import type { Mapping } from './mapping.ts';
import { encodeScriptOptions } from './option-bytes.ts';

export interface Expectation {
  readonly packet: PacketAction;
  readonly map: Mapping;
  /** Most that a TSval may be off, in ticks; Infinity = not checked. */
  readonly tsTolerance: number;
  /** The segment was joined from several that left at once, as segmentation offload would have sent them. */
  readonly joined: boolean;
}

/**
 * The first difference in words, or undefined. `actual` is in the script's numbers; its TSval is mapped here, and the
 * mapping learned for later TSecr.
 */
export function difference(actual: Segment, want: Expectation): string | undefined {
  const { packet } = want;
  return (
    flagDifference(actual.flags, want) ??
    field('sequence number', packet.seq, actual.seq) ??
    field('payload length', packet.len, actual.len) ??
    field('acknowledgment number', packet.ack ?? 0, actual.ack) ??
    (packet.window === undefined ? undefined : field('window', packet.window, actual.wnd)) ??
    field('urgent pointer', packet.urgent ?? 0, actual.urg) ??
    ipDifference(actual, want) ??
    (packet.options === 'any' ? undefined : optionDifference(actual, want))
  );
}

/** What the script says of the IP header: the traffic class and TTL are those the socket was given. */
function ipDifference(actual: Segment, { packet, map }: Expectation): string | undefined {
  const { ecn, tos, ttl } = packet.ip;
  const options = map.socket?.options;
  if (ecn !== undefined && !ECN[ecn].includes(actual.ecn)) {
    const [name] = Object.entries(ECN).find(([, codes]) => codes.length === 1 && codes[0] === actual.ecn) ?? [
      'nothing',
    ];
    return `ECN: expected ${ecn}, found ${name}`;
  }
  return (
    (tos === undefined ? undefined : field('traffic class', tos, ((options?.tos ?? 0) & ~3) | actual.ecn)) ??
    (ttl === undefined ? undefined : field('TTL', ttl, options?.ttl || DEFAULT_TTL))
  );
}

/** The options of a segment as they go on the wire. */
function optionBytes(seg: Readonly<Segment>): Uint8Array {
  const bytes = new Uint8Array(MAX_OPTION_BYTES);
  return bytes.subarray(0, encodeOptions(seg, bytes, 0));
}

function field(name: string, expected: number, actual: number): string | undefined {
  return expected === actual ? undefined : `${name}: expected ${expected}, found ${actual}`;
}

function flagDifference(actual: number, { packet, joined }: Expectation): string | undefined {
  // Linux puts PSH on each packet that offload will cut up (since 5.4); here the cutting has been done already.
  const ignored = joined ? PSH : 0;
  const ace = AE | CWR | ECE;
  if (packet.ace !== undefined) {
    const counted = ((actual & AE) !== 0 ? 4 : 0) | ((actual & CWR) !== 0 ? 2 : 0) | ((actual & ECE) !== 0 ? 1 : 0);
    if (counted !== packet.ace) return `ACE counter: expected ${packet.ace}, found ${counted}`;
  }
  const mask = (packet.ace === undefined ? ALL : ALL & ~ace) & ~ignored;
  const wrong = (packet.flags ^ actual) & mask;
  if (wrong === 0) return undefined;
  const missing = flagNames(wrong & packet.flags);
  const extra = flagNames(wrong & actual);
  return `flags: ${[missing && `expected ${missing}`, extra && `found ${extra}`].filter(Boolean).join(', ')}`;
}

function optionDifference(actual: Segment, want: Expectation): string | undefined {
  const { packet, map } = want;
  if (packet.options === 'any') return undefined;
  const expectedBytes = encodeScriptOptions(packet.options, AS_WRITTEN);
  const actualBytes = optionBytes(actual);
  const e = new OptionCursor();
  const a = new OptionCursor();
  e.start(expectedBytes, 0, expectedBytes.length);
  a.start(actualBytes, 0, actualBytes.length);
  for (;;) {
    const moreE = e.next();
    const moreA = a.next();
    if (!moreE && !moreA) return undefined;
    if (!moreE) return `options: expected no more, found ${optionName(a.kind)}`;
    if (!moreA) return `options: expected ${optionName(e.kind)}, found no more`;
    if (e.kind !== a.kind) return `options: expected ${optionName(e.kind)}, found ${optionName(a.kind)}`;
    if (e.kind === OptionKind.Timestamps) {
      const wrong = timestampDifference(expectedBytes, e.off, actual, map, want.tsTolerance);
      if (wrong !== undefined) return wrong;
    } else if (e.len !== a.len) return `option ${optionName(e.kind)}: expected ${e.len} bytes, found ${a.len}`;
    else if (!equal(expectedBytes, e.off, actualBytes, a.off, e.len)) {
      return `option ${optionName(e.kind)}: expected another value`;
    }
  }
}

function timestampDifference(
  bytes: Uint8Array,
  off: number,
  actual: Segment,
  map: Mapping,
  tolerance: number,
): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const expected = view.getUint32(off + 2);
  const found = map.learnTs(expected, actual.tsVal);
  if (tolerance !== Infinity && Math.abs((found - expected) | 0) > tolerance) {
    return `TS val: expected ${expected}, found ${found}`;
  }
  const ecr = view.getUint32(off + 6);
  return field('TS ecr', ecr, actual.tsEcr);
}

function equal(a: Uint8Array, aOff: number, b: Uint8Array, bOff: number, len: number): boolean {
  for (let i = 0; i < len; i++) if (a[aOff + i] !== b[bOff + i]) return false;
  return true;
}

/** Both sides are in the script's numbers. */
const AS_WRITTEN = { sack: 0, tsVal: (value: number): number => value, tsEcr: (value: number): number => value };

const DEFAULT_TTL = 64;
/** Codepoints that each name stands for (RFC 3168 §5). */
const ECN: Readonly<Record<NonNullable<IpInfo['ecn']>, readonly number[]>> = {
  noecn: [0],
  ect0: [2],
  ect1: [1],
  ect01: [1, 2],
  ce: [3],
};

const ALL = FIN | SYN | RST | PSH | ACK | URG | ECE | CWR | AE;
