/** Arguments and results of calls: numbers, symbols, strings, lists, addresses and the braces of C structures. */
import { parseIpv4 } from '../wire/ipv4-text.ts';
import { parseIpv6 } from '../wire/ipv6-text.ts';
import type { Expr, Member, Place } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { badEscape, ESCAPES_KNOWN, unescapeString } from './string-escapes.ts';

export function parseExpression(cursor: Cursor): Expr {
  return cursor.nested(() => {
    let left = parseTerm(cursor);
    for (let terms = 1; cursor.isPunct('|'); terms++) {
      if (terms === MAX_TERMS) cursor.expected(`at most ${MAX_TERMS} values joined by '|'`);
      const place = cursor.place;
      cursor.take();
      left = { kind: 'or', place, left, right: parseTerm(cursor) };
    }
    return left;
  });
}

function parseTerm(cursor: Cursor): Expr {
  const place = cursor.place;
  const { kind, text } = cursor.token;
  switch (kind) {
    case 'ellipsis':
      cursor.take();
      return { kind, place };
    case 'int':
    case 'hex':
      return { kind: 'int', place, value: parseNumber(cursor) };
    case 'string':
      return parseStrings(cursor, place);
    case 'word':
      if (text === 'inet_addr' || text === 'inet6_addr') return parseInetAddr(cursor, place);
      cursor.take();
      if (cursor.takePunct('=')) return { kind: 'assign', place, word: text, right: parseExpression(cursor) };
      return { kind: 'word', place, word: text };
    case 'punct':
      if (text === '[') return { kind: 'list', place, items: parseItems(cursor) };
      if (text === '{') return parseBraces(cursor, place);
      break;
  }
  cursor.expected('a value');
}

function parseNumber(cursor: Cursor): number {
  const value = Number(cursor.token.text);
  if (!Number.isSafeInteger(value)) cursor.expected('a number below 2^53');
  cursor.take();
  return value;
}

/** Strings in a row are one, as in C; `"abc"...` is one that goes on. */
function parseStrings(cursor: Cursor, place: Place): Expr {
  let value = '';
  while (cursor.is('string')) {
    const stringPlace = cursor.place;
    const { text } = cursor.take();
    const bad = badEscape(text);
    if (bad !== '')
      cursor.fail(`expected ASCII and escapes out of ${ESCAPES_KNOWN}, found '${bad}' in the string`, stringPlace);
    value += unescapeString(text);
  }
  const more = cursor.is('ellipsis');
  if (more) cursor.take();
  return { kind: 'string', place, value, more };
}

/** The items between the bracket at hand and the one that closes it. */
function parseItems(cursor: Cursor): Expr[] {
  const items: Expr[] = [];
  cursor.take();
  if (cursor.takePunct(']')) return items;
  do items.push(parseExpression(cursor));
  while (cursor.takePunct(','));
  cursor.expectPunct(']', "or ',' in the list");
  return items;
}

function parseInetAddr(cursor: Cursor, place: Place): Expr {
  const family = cursor.take().text === 'inet_addr' ? 'inet' : 'inet6';
  return { kind: 'inet-addr', place, family, text: parseAddress(cursor, family) };
}

/** `("192.0.2.1")` behind inet_addr. */
function parseAddress(cursor: Cursor, family: 'inet' | 'inet6'): string {
  cursor.expectPunct('(', 'and an address');
  const { kind, text } = cursor.token;
  const good = family === 'inet' ? parseIpv4(text) >= 0 : parseIpv6(text, new Uint8Array(16), 0);
  if (kind !== 'string' || !good) cursor.expected(`an ${family === 'inet' ? 'IPv4' : 'IPv6'} address in quotes`);
  cursor.take();
  cursor.expectPunct(')', 'after the address');
  return text;
}

function parseBraces(cursor: Cursor, place: Place): Expr {
  cursor.take();
  if (cursor.isWord('sa_family')) return parseSockaddr(cursor, place);
  if (cursor.isWord('flags') || cursor.isPunct('('))
    cursor.expected('a structure of a TCP call: headers of encapsulated packets are not supported');
  const members: Member[] = [];
  if (cursor.takePunct('}')) return { kind: 'struct', place, members };
  do members.push(parseMember(cursor));
  while (cursor.takePunct(','));
  cursor.expectPunct('}', "or ',' in the braces");
  checkShape(cursor, place, members);
  return { kind: 'struct', place, members };
}

/** `fd=4`, `msg_iov(1)=[…]`, or a value without a name. */
function parseMember(cursor: Cursor): Member {
  const named = cursor.token.kind === 'word' && cursor.following.kind === 'punct';
  if (!named || (cursor.following.text !== '=' && cursor.following.text !== '('))
    return { name: '', value: parseExpression(cursor) };
  if (cursor.isWord('inet_addr') || cursor.isWord('inet6_addr')) return { name: '', value: parseExpression(cursor) };
  const name = cursor.take().text;
  let count: Expr | undefined;
  if (cursor.takePunct('(')) {
    count = parseExpression(cursor);
    cursor.expectPunct(')', `after the length of '${name}'`);
  }
  cursor.expectPunct('=', `after '${name}'`);
  const value = parseExpression(cursor);
  return count === undefined ? { name, value } : { name, value, count };
}

/** A structure with the members of a known one has all of them, in its order. */
function checkShape(cursor: Cursor, place: Place, members: readonly Member[]): void {
  const names = members.map((member) => member.name);
  const shapes = SHAPES.filter((shape) => shape.includes(names[0] ?? ''));
  if (shapes.length === 0 || shapes.some((shape) => shape.join() === names.join())) return;
  const forms = shapes.map((shape) => `{${shape.join(', ')}}`).join(' or ');
  cursor.fail(`expected ${forms}, found {${names.map((name) => name || 'value').join(', ')}}`, place);
}

/** `{sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("192.0.2.1")}`, for IPv6 with the same names. */
function parseSockaddr(cursor: Cursor, place: Place): Expr {
  cursor.take();
  cursor.expectPunct('=', "after 'sa_family'");
  const family = cursor.token.text;
  if (!cursor.isWord('AF_INET') && !cursor.isWord('AF_INET6')) cursor.expected("'AF_INET' or 'AF_INET6'");
  cursor.take();
  cursor.expectPunct(',', 'after the address family');
  cursor.expectWord('sin_port', 'in the socket address');
  cursor.expectPunct('=', "after 'sin_port'");
  cursor.expectWord('htons', "after 'sin_port ='");
  cursor.expectPunct('(', "after 'htons'");
  const port = cursor.expectInteger('a port', 0, 0xffff);
  cursor.expectPunct(')', 'after the port');
  cursor.expectPunct(',', 'after the port');
  cursor.expectWord('sin_addr', 'in the socket address');
  cursor.expectPunct('=', "after 'sin_addr'");
  cursor.expectWord('inet_addr', "after 'sin_addr ='");
  const address = parseAddress(cursor, family === 'AF_INET' ? 'inet' : 'inet6');
  cursor.expectPunct('}', 'after the socket address');
  return { kind: 'sockaddr', place, family, port, address };
}

/** A word has no more bits. */
const MAX_TERMS = 64;

const MSGHDR = ['msg_name', 'msg_iov', 'msg_flags'];

const SHAPES: readonly (readonly string[])[] = [
  ['fd', 'events'],
  ['fd', 'events', 'revents'],
  ['events', 'fd'],
  ['events', 'ptr'],
  ['events', 'u32'],
  ['events', 'u64'],
  ['onoff', 'linger'],
  MSGHDR,
  [...MSGHDR, 'msg_control'],
  ['cmsg_level', 'cmsg_type', 'cmsg_data'],
  ['scm_sec', 'scm_nsec'],
  ['ee_errno', 'ee_origin', 'ee_type', 'ee_code', 'ee_info', 'ee_data'],
];
