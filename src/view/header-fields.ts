/** The bytes of a TCP header grouped by field (RFC 9293 §3.1), with names and values: for the byte view. */
import type { SegmentView } from '../sim/recording.ts';
import { flagsName } from './segment-label.ts';

export interface HeaderField {
  /** Stable key: `seq`, `ack`, `flags`, `option-mss` … the same names light up elsewhere. */
  readonly key: string;
  readonly name: string;
  /** Offset of the first byte within the TCP header, and how many bytes. */
  readonly offset: number;
  readonly length: number;
  /** `c2 2e b1 f1` */
  readonly hex: string;
  /** The value in words or digits. */
  readonly value: string;
  /** Raw number for fields that are one number, else -1. */
  readonly raw: number;
  readonly group: 'fixed' | 'option' | 'data';
}

/** All fields of a segment's TCP header in wire order, then its data as one field when there is any. */
export function headerFields(segment: SegmentView): HeaderField[] {
  const tcp = segment.bytes.subarray(segment.tcpOff);
  const fields: HeaderField[] = [];
  for (const fixed of FIXED) {
    if (fixed.offset + fixed.length > tcp.length) break;
    const raw = number(tcp, fixed.offset, fixed.length);
    fields.push(field(tcp, fixed.key, fixed.name, fixed.offset, fixed.length, fixed.text(raw), raw, 'fixed'));
  }
  if (tcp.length < 20) return fields;
  const end = Math.min(Math.max(20, (tcp[12]! >>> 4) * 4), tcp.length);
  let off = 20;
  while (off < end) {
    const option = optionField(tcp, off, end);
    fields.push(option);
    off += option.length;
  }
  if (tcp.length > end) {
    const length = tcp.length - end;
    fields.push(field(tcp, 'data', 'Data', end, length, length === 1 ? '1 byte' : `${length} bytes`, -1, 'data'));
  }
  return fields;
}

interface FixedField {
  readonly key: string;
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  readonly text: (raw: number) => string;
}

const FIXED: readonly FixedField[] = [
  { key: 'sport', name: 'Source port', offset: 0, length: 2, text: String },
  { key: 'dport', name: 'Destination port', offset: 2, length: 2, text: String },
  { key: 'seq', name: 'Sequence number', offset: 4, length: 4, text: String },
  { key: 'ack', name: 'Acknowledgment number', offset: 8, length: 4, text: String },
  // The low nibble is reserved but for AE (RFC 9768), which counts as a flag.
  {
    key: 'data-offset',
    name: 'Data offset',
    offset: 12,
    length: 1,
    text: (raw) => `${(raw >>> 4) * 4} bytes of header${raw & 1 ? ', AE' : ''}`,
  },
  { key: 'flags', name: 'Flags', offset: 13, length: 1, text: flagsName },
  { key: 'wnd', name: 'Window', offset: 14, length: 2, text: String },
  { key: 'checksum', name: 'Checksum', offset: 16, length: 2, text: (raw) => `0x${raw.toString(16).padStart(4, '0')}` },
  { key: 'urg', name: 'Urgent pointer', offset: 18, length: 2, text: String },
];

interface OptionName {
  readonly key: string;
  readonly name: string;
}

/** Option kinds (IANA "TCP Option Kind Numbers"). */
const OPTIONS: Readonly<Record<number, OptionName>> = {
  0: { key: 'option-end', name: 'End of options' },
  1: { key: 'option-nop', name: 'No-operation' },
  2: { key: 'option-mss', name: 'Maximum segment size' },
  3: { key: 'option-ws', name: 'Window scale' },
  4: { key: 'option-sack-permitted', name: 'SACK permitted' },
  5: { key: 'option-sack', name: 'SACK' },
  8: { key: 'option-timestamps', name: 'Timestamps' },
  19: { key: 'option-md5', name: 'MD5 signature' },
  29: { key: 'option-ao', name: 'Authentication (TCP-AO)' },
  30: { key: 'option-mptcp', name: 'Multipath TCP' },
  34: { key: 'option-fast-open', name: 'Fast Open cookie' },
};

function optionField(tcp: Uint8Array, off: number, end: number): HeaderField {
  const kind = tcp[off]!;
  const known = OPTIONS[kind];
  const key = known?.key ?? `option-${kind}`;
  const name = known?.name ?? `Option ${kind}`;
  if (kind === 0) return field(tcp, key, name, off, end - off, 'padding to a multiple of 4', -1, 'option');
  if (kind === 1) return field(tcp, key, name, off, 1, 'padding', -1, 'option');
  const length = off + 1 < end ? tcp[off + 1]! : 0;
  // A length that cannot be (RFC 9293 §3.1: at least 2) ends the list; the rest is shown raw.
  if (length < 2 || off + length > end) {
    return field(tcp, 'option-bad', `${name}, bad length ${length}`, off, end - off, 'unreadable', -1, 'option');
  }
  return field(tcp, key, name, off, length, optionValue(tcp, kind, off, length), -1, 'option');
}

function optionValue(tcp: Uint8Array, kind: number, off: number, length: number): string {
  if (kind === 2 && length === 4) return String(number(tcp, off + 2, 2));
  if (kind === 3 && length === 3) {
    const shift = tcp[off + 2]!;
    return `shift ${shift}: window × ${2 ** Math.min(shift, 14)}`;
  }
  if (kind === 4) return 'yes';
  if (kind === 5 && length % 8 === 2) {
    const blocks: string[] = [];
    for (let at = off + 2; at < off + length; at += 8) blocks.push(`${number(tcp, at, 4)}–${number(tcp, at + 4, 4)}`);
    return blocks.join(', ');
  }
  if (kind === 8 && length === 10) return `TSval ${number(tcp, off + 2, 4)}, TSecr ${number(tcp, off + 6, 4)}`;
  if (kind === 34) return length === 2 ? 'request' : `${length - 2} bytes`;
  return `${length - 2} bytes`;
}

function field(
  tcp: Uint8Array,
  key: string,
  name: string,
  offset: number,
  length: number,
  value: string,
  raw: number,
  group: HeaderField['group'],
): HeaderField {
  const hex = [...tcp.subarray(offset, offset + length)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
  return { key, name, offset, length, hex, value, raw, group };
}

function number(bytes: Uint8Array, off: number, length: number): number {
  let n = 0;
  for (let i = 0; i < length; i++) n = n * 256 + bytes[off + i]!;
  return n;
}
