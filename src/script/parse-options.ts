/** TCP options of a packet: `<mss 1460,sackOK,TS val 10 ecr 0,nop,wscale 7>`, `<...>` for any. */
import { MAX_OPTION_BYTES } from '../wire/tcp-options.ts';
import type { Direction, PacketAction, TcpOption } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { UINT16, UINT32 } from './parse-range.ts';

export function parseOptions(cursor: Cursor, direction: Direction): PacketAction['options'] {
  if (!cursor.isPunct('<')) return [];
  const place = cursor.place;
  cursor.take();
  if (cursor.token.kind === 'ellipsis') {
    if (direction === 'in') cursor.expected('the options of a segment into the stack');
    cursor.take();
    cursor.expectPunct('>', "after '...'");
    return 'any';
  }
  const options: TcpOption[] = [];
  let bytes = 0;
  do {
    const option = parseOption(cursor);
    options.push(option);
    bytes += optionBytes(option);
  } while (cursor.takePunct(','));
  cursor.expectPunct('>', "or ',' after an option");
  if (bytes > MAX_OPTION_BYTES)
    cursor.fail(`expected at most ${MAX_OPTION_BYTES} bytes of options, found ${bytes}`, place);
  // A header is counted in words of four bytes; the original pads nothing either.
  if (bytes % 4 !== 0) cursor.fail(`expected options of a multiple of 4 bytes (add nop or eol), found ${bytes}`, place);
  return options;
}

function parseOption(cursor: Cursor): TcpOption {
  const { kind, text } = cursor.token;
  if (kind === 'word') {
    switch (text) {
      case 'nop':
      case 'eol':
      case 'sackOK':
        cursor.take();
        return { kind: text };
      case 'mss':
        cursor.take();
        return { kind: text, value: cursor.expectInteger('a segment size', 0, UINT16) };
      case 'wscale':
        cursor.take();
        return { kind: text, value: cursor.expectInteger('a shift count', 0, 255) };
      case 'TS':
        return parseTimestamps(cursor);
      case 'sack':
        return parseSack(cursor);
      case 'FO':
      case 'FOEXP':
      case 'md5':
        cursor.take();
        return { kind: text, bytes: parseBlob(cursor, text) };
      case 'ECN':
        return parseAccEcn(cursor);
    }
  }
  cursor.expected("a TCP option ('mss', 'wscale', 'sackOK', 'sack', 'TS', 'FO', 'FOEXP', 'md5', 'ECN', 'nop', 'eol')");
}

function parseTimestamps(cursor: Cursor): TcpOption {
  cursor.take();
  cursor.expectWord('val', "after 'TS'");
  const val = cursor.expectInteger('a timestamp', 0, UINT32);
  cursor.expectWord('ecr', "after the timestamp's value");
  return { kind: 'TS', val, ecr: cursor.expectInteger('a timestamp', 0, UINT32) };
}

function parseSack(cursor: Cursor): TcpOption {
  cursor.take();
  const blocks: { left: number; right: number }[] = [];
  do {
    const left = cursor.expectInteger("a SACK block such as '1001:2001'", 0, UINT32);
    cursor.expectPunct(':', 'in the SACK block');
    blocks.push({ left, right: cursor.expectInteger('the end of the SACK block', 0, UINT32) });
  } while (cursor.token.kind === 'int');
  return { kind: 'sack', blocks };
}

/** Hexadecimal digits, two a byte. A Fast Open cookie may be missing (a request), a digest may not. */
function parseBlob(cursor: Cursor, option: 'FO' | 'FOEXP' | 'md5'): Uint8Array {
  const { kind, text } = cursor.token;
  const max = BLOB_BYTES[option];
  if (kind !== 'word' && kind !== 'int') {
    if (option === 'md5') cursor.expected('a digest in hexadecimal');
    return new Uint8Array(0);
  }
  const what = `an even number of hexadecimal digits, up to ${2 * max}`;
  if (text.length % 2 !== 0 || text.length > 2 * max || !/^[0-9a-fA-F]*$/.test(text)) cursor.expected(what);
  cursor.take();
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** `ECN e0b 1 ceb 0 e1b 1`, or `e1b` first: the middle counter is always ceb (RFC 9768 §3.2.3). */
function parseAccEcn(cursor: Cursor): TcpOption {
  cursor.take();
  const first = cursor.isWord('e1b') ? 'e1b' : 'e0b';
  const names = [first, 'ceb', first === 'e0b' ? 'e1b' : 'e0b'] as const;
  const fields: { name: 'e0b' | 'e1b' | 'ceb'; value: number }[] = [];
  for (const name of names) {
    if (!cursor.takeWord(name)) break;
    fields.push({ name, value: cursor.expectInteger('a counter', 0, 0xff_ffff) });
  }
  if (fields.length === 0) cursor.expected("'e0b' or 'e1b' after 'ECN'");
  return { kind: 'ECN', fields };
}

/** Bytes the option takes in a header, kind and length included. */
function optionBytes(option: TcpOption): number {
  switch (option.kind) {
    case 'nop':
    case 'eol':
      return 1;
    case 'sackOK':
      return 2;
    case 'wscale':
      return 3;
    case 'mss':
      return 4;
    case 'TS':
      return 10;
    case 'sack':
      return 2 + 8 * option.blocks.length;
    case 'FO':
    case 'md5':
      return 2 + option.bytes.length;
    case 'FOEXP':
      return 4 + option.bytes.length;
    case 'ECN':
      return 2 + 3 * option.fields.length;
    default:
      return option satisfies never;
  }
}

/** What fits: a digest is 16 bytes (RFC 2385 §3.0); cookies longer than allowed are there to test the stack with. */
const BLOB_BYTES = { FO: MAX_OPTION_BYTES - 2, FOEXP: MAX_OPTION_BYTES - 4, md5: 16 } as const;
