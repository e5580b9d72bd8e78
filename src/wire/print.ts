/** Segments as text, one line each, in the manner of tcpdump. For people: never on the hot path. */
import { type AddressTable, IPV6_BASE } from './address.ts';
import { OptionCursor, optionName } from './option-cursor.ts';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, type Segment, SYN, URG } from './segment.ts';
import type { Seq } from './seq.ts';
import { FAST_OPEN_MAGIC, OptionKind } from './tcp-options.ts';

/** tcpdump's letters in its order: `S`, `S.`, `P.`, `F.`, `R`, `.`; `none` without any flag. */
export function formatFlags(flags: number): string {
  let text = '';
  for (const [bit, letter] of FLAG_LETTERS) if (flags & bit) text += letter;
  return text === '' ? 'none' : text;
}

/** The names of the flags set, in the order people say them: `SYN,ACK`; `` without any flag. */
export function flagNames(flags: number): string {
  return FLAG_NAMES.filter(([bit]) => flags & bit)
    .map(([, name]) => name)
    .join(',');
}

/** How `formatSegment` shows numbers. */
export interface FormatOptions {
  /** Show sequence numbers less `seq` and acknowledgment numbers and SACK edges less `ack` (modulo 2^32). */
  readonly relative?: { readonly seq: Seq; readonly ack: Seq };
}

/**
 * One line without a time, e.g.
 * `IP 192.0.2.1.40000 > 203.0.113.80.80: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK], length 0`.
 * The window is the raw field, as tcpdump's is.
 */
export function formatSegment(
  seg: Readonly<Segment>,
  addresses: AddressTable,
  { relative }: FormatOptions = {},
): string {
  const seqBase = relative?.seq ?? 0;
  const ackBase = relative?.ack ?? 0;
  const version = seg.src < IPV6_BASE ? 'IP' : 'IP6';
  const from = `${addresses.format(seg.src)}.${seg.sport}`;
  const to = `${addresses.format(seg.dst)}.${seg.dport}`;
  const parts = [`${version} ${from} > ${to}: Flags [${formatFlags(seg.flags)}]`];
  const first = (seg.seq - seqBase) >>> 0;
  // tcpdump leaves the number out where it says nothing: a pure ACK.
  if (seg.len > 0) parts.push(`seq ${first}:${(first + seg.len) >>> 0}`);
  else if (seg.flags & (SYN | FIN | RST)) parts.push(`seq ${first}`);
  if (seg.flags & ACK) parts.push(`ack ${(seg.ack - ackBase) >>> 0}`);
  parts.push(`win ${seg.wnd}`);
  if (seg.flags & URG) parts.push(`urg ${seg.urg}`);
  const options = formatOptions(seg, ackBase);
  if (options !== '') parts.push(`options [${options}]`);
  parts.push(`length ${seg.len}`);
  return parts.join(', ');
}

/** The options in wire order, comma-separated, `` without any. Malformed and unknown ones are shown, too. */
export function formatOptions(seg: Readonly<Segment>, sackBase: Seq = 0): string {
  const cursor = new OptionCursor();
  const view = cursor.startIn(seg);
  const parts: string[] = [];
  while (cursor.next()) parts.push(formatOption(view, cursor, sackBase));
  return parts.join(',');
}

/** One option; data of a length that its kind does not have is shown as hex. */
function formatOption(view: DataView, at: OptionCursor, sackBase: Seq): string {
  const name = optionName(at.kind);
  if (at.bad) return `${name} [bad length${at.declared < 0 ? '' : ` ${at.declared}`}]`;
  const data = at.off + 2;
  const n = at.len - 2;
  switch (at.kind) {
    case OptionKind.Nop:
    case OptionKind.EndOfList:
      return name;
    case OptionKind.SackPermitted:
      if (n === 0) return name;
      break;
    case OptionKind.Mss:
      if (n === 2) return `${name} ${view.getUint16(data)}`;
      break;
    case OptionKind.WindowScale:
      if (n === 1) return `${name} ${view.getUint8(data)}`;
      break;
    case OptionKind.Timestamps:
      if (n === 8) return `${name} val ${view.getUint32(data)} ecr ${view.getUint32(data + 4)}`;
      break;
    case OptionKind.Sack:
      if (n > 0 && n % 8 === 0) return `${name} ${n / 8} ${formatSack(view, data, n / 8, sackBase)}`;
      break;
    case OptionKind.UserTimeout:
      if (n === 2) return `${name} ${formatUserTimeout(view.getUint16(data))}`;
      break;
    case OptionKind.Ao:
      if (n >= 2) {
        const keys = `keyid ${view.getUint8(data)} rnextkeyid ${view.getUint8(data + 1)}`;
        return `${name} ${keys} mac ${hex(view, data + 2, n - 2)}`;
      }
      break;
    case OptionKind.Mptcp:
      if (n >= 1) {
        const subtype = view.getUint8(data) >>> 4;
        return `${name} ${MPTCP_SUBTYPES[subtype] ?? `subtype-${subtype}`}`;
      }
      break;
    case OptionKind.FastOpen:
      return `${name} ${formatCookie(view, data, n)}`;
    case OptionKind.AccEcn0:
    case OptionKind.AccEcn1:
      if (n % 3 === 0) return [name, ...uint24s(view, data, n)].join(' ');
      break;
    case OptionKind.Experiment1:
    case OptionKind.Experiment2:
    case OptionKind.Experiment3:
      if (n < 2) break;
      if (view.getUint16(data) === FAST_OPEN_MAGIC) return `exp-tfo ${formatCookie(view, data + 2, n - 2)}`;
      // AccECN before it had kinds of its own: magic ACC0 and ACC1, order 0 and 1.
      if ((view.getUint16(data) & 0xfffe) === 0xacc0 && (n - 2) % 3 === 0) {
        return [`exp-accecn${view.getUint16(data) & 1}`, ...uint24s(view, data + 2, n - 2)].join(' ');
      }
      return `${name}-0x${hex(view, data, 2)}${n > 2 ? ` 0x${hex(view, data + 2, n - 2)}` : ''}`;
  }
  return n > 0 ? `${name} 0x${hex(view, data, n)}` : name;
}

function formatSack(view: DataView, off: number, blocks: number, base: Seq): string {
  let text = '';
  for (let i = 0; i < blocks; i++) {
    const left = (view.getUint32(off + 8 * i) - base) >>> 0;
    const right = (view.getUint32(off + 8 * i + 4) - base) >>> 0;
    text += `{${left}:${right}}`;
  }
  return text;
}

/** One bit of granularity, minutes or seconds, then 15 bits (RFC 5482 §3). */
function formatUserTimeout(value: number): string {
  return `${value & 0x7fff}${value & 0x8000 ? 'min' : 's'}`;
}

function formatCookie(view: DataView, off: number, len: number): string {
  return len === 0 ? 'cookiereq' : `cookie ${hex(view, off, len)}`;
}

function uint24s(view: DataView, off: number, len: number): number[] {
  const values: number[] = [];
  for (let i = 0; i < len; i += 3) values.push(view.getUint8(off + i) * 65536 + view.getUint16(off + i + 1));
  return values;
}

function hex(view: DataView, off: number, len: number): string {
  let text = '';
  for (let i = 0; i < len; i++) {
    text += view
      .getUint8(off + i)
      .toString(16)
      .padStart(2, '0');
  }
  return text;
}

const FLAG_LETTERS: readonly (readonly [number, string])[] = [
  [FIN, 'F'],
  [SYN, 'S'],
  [RST, 'R'],
  [PSH, 'P'],
  [ACK, '.'],
  [URG, 'U'],
  [ECE, 'E'],
  [CWR, 'W'],
  [AE, 'e'],
];

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [SYN, 'SYN'],
  [FIN, 'FIN'],
  [RST, 'RST'],
  [PSH, 'PSH'],
  [ACK, 'ACK'],
  [URG, 'URG'],
  [ECE, 'ECE'],
  [CWR, 'CWR'],
  [AE, 'AE'],
];

/** RFC 8684 §8, table 5. */
const MPTCP_SUBTYPES: readonly string[] = [
  'capable',
  'join',
  'dss',
  'add-addr',
  'rem-addr',
  'prio',
  'fail',
  'fastclose',
  'tcprst',
];
