/** What several kinds of packets have: ports, and the range of sequence numbers. */
import type { Cursor } from './cursor.ts';

export const UINT16 = 0xffff;
export const UINT32 = 0xffff_ffff;

export interface Range {
  readonly seq: number;
  readonly len: number;
}

/** `1:1001(1000)`: the first number, the one after the last, and the length that must agree with both. */
export function parseRange(cursor: Cursor): Range {
  const place = cursor.place;
  const seq = cursor.expectInteger("a sequence range such as '1:1001(1000)'", 0, UINT32);
  cursor.expectPunct(':', 'in the sequence range');
  const end = cursor.expectInteger('the end of the sequence range', 0, UINT32);
  cursor.expectPunct('(', 'and the length of the sequence range');
  const len = cursor.expectInteger('a length', 0, UINT16);
  cursor.expectPunct(')', 'after the length');
  // As in the original, a range does not wrap: its end would be below its start.
  if (end !== seq + len) cursor.fail(`expected ${seq}:${seq + len}(${len}), found ${seq}:${end}(${len})`, place);
  return { seq, len };
}

/** `8080 > 40000`, if it is there. */
export function parsePorts(cursor: Cursor): { from: number; to: number } | undefined {
  if (!cursor.is('int')) return undefined;
  const from = cursor.expectInteger('a port', 0, UINT16);
  cursor.expectPunct('>', 'between the ports');
  return { from, to: cursor.expectInteger('a port', 0, UINT16) };
}
