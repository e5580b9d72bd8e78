/**
 * The columns of `halfopen explain --csv` and `--parquet`, one row an attempt. CSV, Parquet and docs/explain.md are made of
 * this list. Names are part of the public interface: they may be added to, not changed.
 */
import type { Attempt, OfferedOptions } from '../diagnose/attempt.ts';
import { VERDICT_NAMES } from '../diagnose/verdict.ts';
import type { AddressTable } from '../wire/address.ts';
import { factNames } from './fact-names.ts';

export type ColumnKind =
  /** A whole number of at most 31 bits. */
  | 'small'
  /** A whole number of at most 53 bits. */
  | 'integer'
  /** ns since the epoch; too large for a number, so it is made of the start of the capture and `firstAt`. */
  | 'time'
  | 'boolean'
  | 'text';

export type ColumnValue = number | bigint | boolean | string | null;

export interface AttemptColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** May it be empty (null)? Then the attempt has no such thing, or the capture does not show it. */
  readonly optional: boolean;
  /** One sentence with the unit. */
  readonly meaning: string;
  readonly of: (attempt: Attempt, capture: CaptureFrame) => ColumnValue;
}

/** What the values of a row refer to. */
export interface CaptureFrame {
  readonly addresses: AddressTable;
  /** Time of the first packet in ns since the epoch. */
  readonly start: bigint;
}

export const ATTEMPT_COLUMNS: readonly AttemptColumn[] = [
  text('verdict', 'What became of it: see Verdicts.', (a) => VERDICT_NAMES[a.verdict]!),
  text('detail', 'What is behind the verdict: see Details.', (a) => a.detail),
  {
    name: 'first_time',
    kind: 'time',
    optional: false,
    meaning: 'When its first packet was captured: nanoseconds since 1970 in UTC.',
    of: (a, { start }) => start + BigInt(a.firstAt),
  },
  integer(
    'first_at_ns',
    'The same in ns since the first packet of the capture, as all times ending in `_at_ns`.',
    (a) => {
      return a.firstAt;
    },
  ),
  integer('last_at_ns', 'Its last packet.', (a) => a.lastAt),
  integer('first_packet', 'Number of its first packet in the capture, from 1 as in Wireshark.', (a) => a.firstPacket),
  text('client', 'Address of the side that sent the SYN, or should have.', (a, c) => c.addresses.format(a.client)),
  small('client_port', 'Its port.', (a) => a.clientPort),
  text('server', 'Address of the other side.', (a, c) => c.addresses.format(a.server)),
  small('server_port', 'Its port.', (a) => a.serverPort),
  text('direction', 'Of the SYN, seen from the host that captured: `in`, `out`, `unknown`.', (a) => a.direction),
  optional('integer', 'syn_packet', 'Packet number of the SYN.', (a) => a.syn?.packet),
  optional('integer', 'syn_at_ns', 'Its time.', (a) => a.syn?.ts),
  optional('integer', 'x', 'X, the sequence number of the SYN.', (a) => sent(a.x)),
  small('syn_bytes', 'Bytes of data on the SYN.', (a) => a.synLen),
  optional('integer', 'synack_packet', 'Packet number of the SYN/ACK.', (a) => a.synack?.packet),
  optional('integer', 'synack_at_ns', 'Its time.', (a) => a.synack?.ts),
  optional('integer', 'y', 'Y, the sequence number of the SYN/ACK.', (a) => sent(a.y)),
  optional('integer', 'synack_ack', 'What the SYN/ACK acknowledges; X+1 is usual.', (a) => sent(a.synack?.ack)),
  optional('integer', 'ack_packet', 'Packet number of what acknowledges the SYN/ACK.', (a) => a.ack?.packet),
  optional('integer', 'ack_at_ns', 'Its time.', (a) => a.ack?.ts),
  optional('integer', 'ack_seq', 'Its sequence number; X+1 is usual.', (a) => sent(a.ack?.seq)),
  optional('integer', 'ack_ack', 'What it acknowledges; Y+1 is usual.', (a) => sent(a.ack?.ack)),
  optional('integer', 'rst_packet', 'Packet number of the RST that ended the attempt.', (a) => a.rst?.packet),
  optional('integer', 'rst_at_ns', 'Its time.', (a) => a.rst?.ts),
  optional('integer', 'rst_seq', 'Its sequence number.', (a) => sent(a.rst?.seq)),
  optional('integer', 'rst_ack', 'What it acknowledges.', (a) => sent(a.rst?.ack)),
  optional('text', 'rst_from', 'Who sent it: `client` or `server`.', (a) => a.rst?.from),
  optional('integer', 'icmp_packet', 'Packet number of an ICMP error about the SYN.', (a) => a.icmp?.packet),
  optional('integer', 'icmp_at_ns', 'Its time.', (a) => a.icmp?.ts),
  optional('text', 'icmp_from', 'Address of who reports it.', (a, c) => a.icmp && c.addresses.format(a.icmp.from)),
  optional('text', 'icmp_kind', 'What it says, such as `host-unreachable`.', (a) => a.icmp?.kind),
  small('syn_sent', 'Times the SYN was sent, the first included.', (a) => a.synSchedule.sent),
  text('syn_schedule', 'How its copies follow each other: see Schedules.', (a) => a.synSchedule.kind),
  optional('text', 'syn_gaps_ns', 'Gaps between them in ns, blanks between; at most seven.', (a) =>
    gaps(a.synSchedule.gaps),
  ),
  small('synack_sent', 'Times the SYN/ACK was sent, the first included.', (a) => a.synackSchedule.sent),
  text('synack_schedule', 'As `syn_schedule`.', (a) => a.synackSchedule.kind),
  optional('text', 'synack_gaps_ns', 'As `syn_gaps_ns`.', (a) => gaps(a.synackSchedule.gaps)),
  small('duplicates', 'Frames recorded more than once; they are not among those sent.', (a) => a.duplicates),
  optional(
    'integer',
    'server_time_ns',
    'SYN to SYN/ACK: way to the server and back, and its own time.',
    (a) => a.timing?.server,
  ),
  optional(
    'integer',
    'client_time_ns',
    'SYN/ACK to ACK: way to the client and back, and its own time.',
    (a) => a.timing?.client,
  ),
  optional(
    'text',
    'beside',
    'Beside whom the capture was made: `client`, `server`, `both`, `neither`.',
    (a) => a.timing?.beside,
  ),
  ...options('client', 'the SYN', (a) => a.clientOptions),
  ...options('server', 'the SYN/ACK', (a) => a.serverOptions),
  ...prints('client', 'the SYN', (a) => a.clientPrint),
  ...prints('server', 'the SYN/ACK', (a) => a.serverPrint),
  text('facts', 'What else is known, by name, blanks between: see Facts.', (a) => factNames(a.facts).join(' ')),
  text('conn_state', 'Zeek’s `conn_state` of the connection.', (a) => a.flow.connState),
  text('history', 'Zeek’s `history`.', (a) => a.flow.history),
  small('completeness', 'Wireshark’s `tcp.completeness`: SYN 1, SYN/ACK 2, ACK 4, data 8, FIN 16, RST 32.', (a) => {
    return a.flow.completeness;
  }),
  integer('flow_first_at_ns', 'First packet of the connection.', (a) => a.flow.firstAt),
  integer('flow_last_at_ns', 'Its last packet.', (a) => a.flow.lastAt),
  text(
    'originator',
    'Which side opened the connection as Zeek sees it: `client` or `server`.',
    (a) => a.flow.originator,
  ),
  integer('orig_packets', 'Packets of the connection from the originator.', (a) => a.flow.origPackets),
  integer('orig_bytes', 'Their payload in bytes, by sequence numbers as Zeek counts it.', (a) => a.flow.origBytes),
  integer('orig_ip_bytes', 'Their bytes of IP, headers included.', (a) => a.flow.origIpBytes),
  integer('resp_packets', 'Packets from the other side.', (a) => a.flow.respPackets),
  integer('resp_bytes', 'Their payload in bytes.', (a) => a.flow.respBytes),
  integer('resp_ip_bytes', 'Their bytes of IP.', (a) => a.flow.respIpBytes),
  integer('missed_bytes', 'Bytes that sequence numbers jump over: not captured.', (a) => a.flow.missedBytes),
];

type Maybe<T> = T | null | undefined;
type Of<T> = (attempt: Attempt, capture: CaptureFrame) => T;

function small(name: string, meaning: string, of: Of<number>): AttemptColumn {
  return { name, kind: 'small', optional: false, meaning, of };
}

function integer(name: string, meaning: string, of: Of<number>): AttemptColumn {
  return { name, kind: 'integer', optional: false, meaning, of };
}

function text(name: string, meaning: string, of: Of<string>): AttemptColumn {
  return { name, kind: 'text', optional: false, meaning, of };
}

function optional(kind: ColumnKind, name: string, meaning: string, of: Of<Maybe<ColumnValue>>): AttemptColumn {
  return { name, kind, optional: true, meaning, of: (attempt, capture) => of(attempt, capture) ?? null };
}

/** -1 stands for none. */
function sent(value: Maybe<number>): number | null {
  return value === undefined || value === null || value < 0 ? null : value;
}

function gaps(values: readonly number[]): string | null {
  return values.length === 0 ? null : values.join(' ');
}

function options(
  side: 'client' | 'server',
  segment: string,
  of: (a: Attempt) => OfferedOptions | undefined,
): AttemptColumn[] {
  return [
    optional('small', `${side}_mss`, `MSS that ${segment} offers, in bytes.`, (a) => sent(of(a)?.mss)),
    optional('small', `${side}_window_scale`, `Window scale that ${segment} offers, a shift.`, (a) =>
      sent(of(a)?.windowScale),
    ),
    optional('boolean', `${side}_sack`, `Does ${segment} permit SACK?`, (a) => of(a)?.sackPermitted),
    optional('boolean', `${side}_timestamps`, `Does ${segment} carry a timestamp?`, (a) => of(a)?.timestamps),
    optional('small', `${side}_fast_open`, `Length of the Fast Open cookie on ${segment}, 0 = an empty one.`, (a) =>
      sent(of(a)?.fastOpen),
    ),
    optional('boolean', `${side}_ecn`, `Does ${segment} ask for or agree to ECN?`, (a) => of(a)?.ecn),
  ];
}

function prints(
  side: 'client' | 'server',
  segment: string,
  of: (a: Attempt) => Attempt['clientPrint'],
): AttemptColumn[] {
  return [
    optional('small', `${side}_ttl`, `TTL or hop limit of ${segment} as captured.`, (a) => of(a)?.ttl),
    optional(
      'small',
      `${side}_hops`,
      'Routers it passed, if its sender began with the next of 64, 128 and 255.',
      (a) => of(a)?.hops,
    ),
    optional('small', `${side}_window`, `Window field of ${segment}, as on the wire.`, (a) => of(a)?.window),
    optional('text', `${side}_options`, 'Kinds of its options in order, in p0f’s notation.', (a) => of(a)?.options),
  ];
}
