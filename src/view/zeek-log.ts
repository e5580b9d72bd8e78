/**
 * Attempts as Zeek's conn.log, tab-separated (fields and types of `scripts/base/protocols/conn/main.zeek`, format of the
 * ASCII writer, Zeek 9.1-dev): a head, a line each, a foot. So that what reads Zeek's logs reads these, too, and a diff with
 * Zeek's own shows where the two differ.
 */
import type { Attempt, FlowFacts } from '../diagnose/attempt.ts';
import { fold, mix } from '../sim/murmur.ts';
import type { CaptureFrame } from './attempt-columns.ts';
import { utcText } from './utc-text.ts';

/** What comes before the lines. `#open`, which Zeek takes from its clock, is when the capture begins. */
export function zeekHead(capture: CaptureFrame): string {
  return [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    `#unset_field\t${UNSET}`,
    '#path\tconn',
    `#open\t${moment(capture.start)}`,
    `#fields\t${FIELDS.map(([name]) => name).join('\t')}`,
    `#types\t${FIELDS.map(([, type]) => type).join('\t')}`,
    '',
  ].join('\n');
}

/** One connection. */
export function zeekLine(attempt: Attempt, capture: CaptureFrame): string {
  return `${FIELDS.map(([, , of]) => of(attempt, capture)).join('\t')}\n`;
}

/** What comes after the lines. `end`: when the capture ends, in ns since the epoch. */
export function zeekFoot(end: bigint): string {
  return `#close\t${moment(end)}\n`;
}

type Field = readonly [name: string, type: string, of: (attempt: Attempt, capture: CaptureFrame) => string];

const UNSET = '-';
const unset = (): string => UNSET;

const FIELDS: readonly Field[] = [
  ['ts', 'time', ({ flow }, { start }) => seconds(start + BigInt(flow.firstAt))],
  ['uid', 'string', uid],
  ['id.orig_h', 'addr', (a, { addresses }) => addresses.format(isFlipped(a) ? a.server : a.client)],
  ['id.orig_p', 'port', (a) => String(isFlipped(a) ? a.serverPort : a.clientPort)],
  ['id.resp_h', 'addr', (a, { addresses }) => addresses.format(isFlipped(a) ? a.client : a.server)],
  ['id.resp_p', 'port', (a) => String(isFlipped(a) ? a.clientPort : a.serverPort)],
  ['proto', 'enum', () => 'tcp'],
  ['service', 'string', unset],
  ['duration', 'interval', ({ flow }) => (lasts(flow) ? seconds(BigInt(flow.lastAt - flow.firstAt)) : UNSET)],
  ['orig_bytes', 'count', ({ flow }) => (lasts(flow) ? String(flow.origBytes) : UNSET)],
  ['resp_bytes', 'count', ({ flow }) => (lasts(flow) ? String(flow.respBytes) : UNSET)],
  ['conn_state', 'string', ({ flow }) => flow.connState],
  // Which addresses are local, a capture does not say.
  ['local_orig', 'bool', unset],
  ['local_resp', 'bool', unset],
  ['missed_bytes', 'count', ({ flow }) => String(flow.missedBytes)],
  ['history', 'string', ({ flow }) => (flow.history === '' ? UNSET : flow.history)],
  ['orig_pkts', 'count', ({ flow }) => String(flow.origPackets)],
  ['orig_ip_bytes', 'count', ({ flow }) => String(flow.origIpBytes)],
  ['resp_pkts', 'count', ({ flow }) => String(flow.respPackets)],
  ['resp_ip_bytes', 'count', ({ flow }) => String(flow.respIpBytes)],
  ['tunnel_parents', 'set[string]', unset],
  ['ip_proto', 'count', () => '6'],
];

function isFlipped(attempt: Attempt): boolean {
  return attempt.flow.originator === 'server';
}

/** Zeek gives neither duration nor sizes where all packets came at one instant. */
function lasts(flow: FlowFacts): boolean {
  return flow.lastAt > flow.firstAt;
}

/** A time in ns, not negative, as seconds to the microsecond. */
function seconds(nanos: bigint): string {
  const micros = (nanos + 500n) / 1000n;
  return `${micros / MILLION}.${String(micros % MILLION).padStart(6, '0')}`;
}

/** `2026-12-01-08-30-00`, in UTC where Zeek has the time of its place. */
function moment(nanos: bigint): string {
  return utcText(Number(nanos / BILLION), 0, 0)
    .replace(/[T:]/g, '-')
    .slice(0, -1);
}

/**
 * 96 bits in base 62, as Zeek's look, but the same for the same capture each time: from addresses, ports, time and number
 * of the first packet.
 */
function uid(attempt: Attempt, { addresses, start }: CaptureFrame): string {
  const { client, clientPort, server, serverPort, firstPacket, flow } = attempt;
  const at = start + BigInt(flow.firstAt);
  const key = `${addresses.format(client)} ${clientPort} ${addresses.format(server)} ${serverPort} ${at} ${firstPacket}`;
  let bits = 0n;
  for (const lane of LANES) {
    let state = 0;
    for (let i = 0; i < key.length; i++) state = fold(state, key.charCodeAt(i), lane);
    bits = (bits << 32n) | BigInt(mix(state));
  }
  let text = '';
  for (let rest = bits; text.length < 17; rest /= 62n) text += BASE62[Number(rest % 62n)]!;
  return `C${text}`;
}

const LANES = [0xcc9e_2d51, 0x1b87_3593, 0x9e37_79b1];
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const MILLION = 1_000_000n;
const BILLION = 1_000_000_000n;
