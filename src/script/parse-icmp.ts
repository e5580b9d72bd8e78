/** Packets that are not TCP: `icmp unreachable frag_needed mtu 1200 [1:1461(1460)]`, `udp 53 > 40000 (100)`. */
import type { IcmpAction, UdpAction } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parsePorts, parseRange, type Range, UINT16, UINT32 } from './parse-range.ts';

type IcmpPart = Omit<IcmpAction, 'place' | 'direction' | 'ip' | 'text'>;
type UdpPart = Omit<UdpAction, 'place' | 'direction' | 'ip' | 'text'>;

/** `before`: the quoted range, where it came before `icmp`. */
export function parseIcmp(cursor: Cursor, before: Range | undefined): IcmpPart {
  cursor.take();
  const type = parseName(cursor, 'type');
  const code = cursor.token.kind === 'word' && !FIELDS.includes(cursor.token.text) ? parseName(cursor, 'code') : '';
  const place = cursor.place;
  const mtu = cursor.takeWord('mtu') ? cursor.expectInteger('an MTU', 0, UINT32) : undefined;
  if (mtu !== undefined && code !== 'frag_needed' && type !== 'packet_too_big')
    cursor.fail(
      `expected 'mtu' only with 'unreachable frag_needed' or 'packet_too_big', found it with '${type}'`,
      place,
    );
  const echoId = cursor.takeWord('id') ? cursor.expectInteger('an identifier', 0, UINT16) : undefined;
  const quoted = cursor.isPunct('[') ? parseQuoted(cursor) : before && { protocol: 'tcp' as const, ...before };
  return { kind: 'icmp', type, code, mtu, echoId, quoted };
}

export function parseUdp(cursor: Cursor): UdpPart {
  cursor.take();
  const ports = parsePorts(cursor);
  cursor.expectPunct('(', 'and the length of the datagram');
  const len = cursor.expectInteger('a length', 0, UINT16);
  cursor.expectPunct(')', 'after the length');
  return { kind: 'udp', ports, len };
}

function parseName(cursor: Cursor, what: 'type' | 'code'): string {
  const { kind, text } = cursor.token;
  if (kind !== 'word') cursor.expected(`an ICMP ${what}`);
  const known = what === 'type' ? TYPES : CODES;
  const byNumber = new RegExp(`^${what}_[0-9]{1,3}$`).test(text) && Number(text.slice(what.length + 1)) <= 255;
  if (!known.includes(text) && !byNumber) cursor.expected(`an ICMP ${what} such as '${known[0]}'`);
  cursor.take();
  return text;
}

/** `[1:1461(1460)]`, `[udp (8)]`, `[raw (100)]`. */
function parseQuoted(cursor: Cursor): IcmpAction['quoted'] {
  cursor.take();
  let quoted: IcmpAction['quoted'];
  const protocol = cursor.isWord('udp') ? 'udp' : cursor.isWord('raw') ? 'raw' : 'tcp';
  if (protocol === 'tcp') {
    quoted = { protocol, ...parseRange(cursor) };
  } else {
    cursor.take();
    cursor.expectPunct('(', 'and the length quoted');
    quoted = { protocol, seq: 0, len: cursor.expectInteger('a length', 0, UINT16) };
    cursor.expectPunct(')', 'after the length');
  }
  cursor.expectPunct(']', 'after what is quoted');
  return quoted;
}

const FIELDS: readonly string[] = ['mtu', 'id'];

/** Types of ICMP (RFC 792, 950, 1122) and ICMPv6 (RFC 4443); which of them exist depends on the IP version of the run. */
const TYPES: readonly string[] = [
  'unreachable',
  'packet_too_big',
  'time_exceeded',
  'parameter_problem',
  'source_quench',
  'redirect',
  'echo_request',
  'echo_reply',
  'timestamp_request',
  'timestamp_reply',
  'information_request',
  'information_reply',
  'address_mask_request',
  'address_mask_reply',
];

const CODES: readonly string[] = [
  'host_unreachable',
  'net_unreachable',
  'protocol_unreachable',
  'port_unreachable',
  'frag_needed',
  'source_route_failed',
  'net_unknown',
  'host_unknown',
  'source_host_isolated',
  'net_prohibited',
  'host_prohibited',
  'net_unreachable_for_tos',
  'host_unreachable_for_tos',
  'packet_filtered',
  'precedence_violation',
  'precedence_cutoff',
  // ICMPv6
  'no_route',
  'admin_prohibited',
  'not_neighbour',
  'address_unreachable',
  'exceeded_hop_limit',
  'exceeded_frag_time',
  'header_field',
  'unknown_next_header',
  'unknown_option',
];
