/** Lines with `<` and `>`: TCP segments here, UDP and ICMP in parse-icmp.ts. */
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../wire/segment.ts';
import type { Direction, IcmpAction, IpInfo, PacketAction, Place, UdpAction } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseIcmp, parseUdp } from './parse-icmp.ts';
import { parseOptions } from './parse-options.ts';
import { parsePorts, parseRange, type Range, UINT16, UINT32 } from './parse-range.ts';

export function parsePacket(cursor: Cursor): PacketAction | IcmpAction | UdpAction {
  const place = cursor.place;
  const start = cursor.token.start;
  const direction: Direction = cursor.take().text === '<' ? 'in' : 'out';
  refuseEncapsulation(cursor);
  const bracketed = cursor.isPunct('[') && cursor.following.kind === 'int';
  // The oldest scripts write the quoted range before `icmp`.
  const quoted = bracketed ? parseQuotedFirst(cursor) : undefined;
  const ip = parseIpInfo(cursor, direction);
  refuseEncapsulation(cursor);
  const head = { place, direction, ip };
  if (quoted !== undefined && !cursor.isWord('icmp')) cursor.expected("'icmp' after the quoted range");
  if (cursor.isWord('icmp')) {
    const action = parseIcmp(cursor, quoted);
    return { ...head, text: cursor.written(start), ...action };
  }
  if (cursor.isWord('udp')) {
    const action = parseUdp(cursor);
    return { ...head, text: cursor.written(start), ...action };
  }
  const action = parseTcp(cursor, direction);
  return { ...head, text: cursor.written(start), ...action };
}

type TcpPart = Omit<PacketAction, 'place' | 'direction' | 'ip' | 'text'>;

function parseTcp(cursor: Cursor, direction: Direction): TcpPart {
  const ports = parsePorts(cursor);
  const { flags, ace } = parseFlags(cursor);
  const { seq, len } = parseRange(cursor);
  const ack = cursor.takeWord('ack') ? cursor.expectInteger('an acknowledgment number', 0, UINT32) : undefined;
  const window = cursor.takeWord('win') ? cursor.expectInteger('a window', 0, UINT16) : undefined;
  if (window === undefined && direction === 'in') cursor.expected("'win': a segment into the stack needs its window");
  const urgent = cursor.takeWord('urg') ? cursor.expectInteger('an urgent pointer', 0, UINT16) : undefined;
  const options = parseOptions(cursor, direction);
  return { kind: 'packet', ports, flags, ace, seq, len, ack, window, urgent, options };
}

/** `S`, `S.`, `SEW`, `.`, `-` for none, or with the AccECN counter as a digit: `S.5`. */
function parseFlags(cursor: Cursor): { flags: number; ace: number | undefined } {
  const place = cursor.place;
  const { kind, text } = cursor.token;
  if (cursor.takePunct('-')) return { flags: 0, ace: undefined };
  let letters = '';
  if (kind === 'word') letters = cursor.take().text;
  if (cursor.isPunct('.') || (cursor.token.kind === 'float' && cursor.token.text[0] === '.'))
    letters += cursor.take().text;
  if (letters === '') cursor.expected("TCP flags such as 'S.', or '-' for none");
  let flags = 0;
  let ace: number | undefined;
  for (const letter of letters) {
    const bit = FLAGS[letter];
    if (bit !== undefined) {
      if (ace !== undefined && bit & ECN_FLAGS) conflict(cursor, place, letters);
      flags |= bit;
    } else if (letter >= '0' && letter <= '7') {
      if (ace !== undefined || flags & ECN_FLAGS) conflict(cursor, place, letters);
      ace = Number(letter);
    } else {
      const what = "TCP flags out of 'F', 'S', 'R', 'P', '.', 'U', 'E', 'W', 'A'";
      cursor.fail(`expected ${what}, found '${letter}' in '${text.slice(0, 40)}'`, place);
    }
  }
  // The ACE field is AE, CWR, ECE, from the highest bit down (RFC 9768 §3.2.2).
  if (ace !== undefined) flags |= (ace & 4 ? AE : 0) | (ace & 2 ? CWR : 0) | (ace & 1 ? ECE : 0);
  return { flags, ace };
}

function conflict(cursor: Cursor, place: Place, letters: string): never {
  cursor.fail(
    `expected either the letters E, W, A or one digit of the ACE field, found '${letters.slice(0, 40)}'`,
    place,
  );
}

/** `[ect0]`, `[tos 0x10, flowlabel 0x12345]`, `(ttl 64)`. */
function parseIpInfo(cursor: Cursor, direction: Direction): IpInfo {
  const close = cursor.isPunct('[') ? ']' : cursor.isPunct('(') ? ')' : '';
  if (close === '') return {};
  cursor.take();
  const info: { -readonly [K in keyof IpInfo]: IpInfo[K] } = {};
  const ecn = ECN_WORDS.find((word) => cursor.isWord(word));
  if (ecn === 'ect01' && direction === 'in')
    cursor.expected('one ECN value for a segment into the stack: ect01 stands for either');
  const first = cursor.token.text;
  if (ecn !== undefined) {
    info.ecn = ecn;
    cursor.take();
  } else if (cursor.takeWord('tos')) {
    info.tos = expectHex(cursor, 0xff);
  } else if (cursor.takeWord('ttl')) {
    info.ttl = cursor.expectInteger('a hop count', 0, 255);
  } else if (cursor.takeWord('flowlabel')) {
    info.flowLabel = expectHex(cursor, 0xfffff);
  } else {
    cursor.expected("'noecn', 'ect0', 'ect1', 'ect01', 'ce', 'tos', 'ttl' or 'flowlabel'");
  }
  if ((ecn !== undefined || first === 'tos') && cursor.takePunct(',')) {
    cursor.expectWord('flowlabel', "after ','");
    info.flowLabel = expectHex(cursor, 0xfffff);
  }
  cursor.expectPunct(close, 'after the IP fields');
  return info;
}

function expectHex(cursor: Cursor, max: number): number {
  const value = cursor.token.kind === 'hex' ? Number(cursor.token.text) : -1;
  if (!(value >= 0 && value <= max)) cursor.expected(`a hexadecimal number from 0x0 to 0x${max.toString(16)}`);
  cursor.take();
  return value;
}

function parseQuotedFirst(cursor: Cursor): Range {
  cursor.take();
  const range = parseRange(cursor);
  cursor.expectPunct(']', 'after the quoted range');
  return range;
}

function refuseEncapsulation(cursor: Cursor): void {
  const found = ENCAPSULATIONS.find((word) => cursor.isWord(word));
  if (found !== undefined)
    cursor.fail(`expected a plain TCP, UDP or ICMP packet, found '${found}': encapsulated packets are not supported`);
}

const ENCAPSULATIONS: readonly string[] = ['ipv4', 'ipv6', 'gre', 'GREv0', 'mpls', 'encap', 'psp'];

const ECN_WORDS = ['noecn', 'ect0', 'ect1', 'ect01', 'ce'] as const;

const ECN_FLAGS = ECE | CWR | AE;

const FLAGS: Readonly<Record<string, number>> = {
  F: FIN,
  S: SYN,
  R: RST,
  P: PSH,
  '.': ACK,
  U: URG,
  E: ECE,
  W: CWR,
  A: AE,
};
