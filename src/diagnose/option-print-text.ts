/** Options of a SYN or SYN/ACK, from the bytes that `OptionPrints` keeps, as plain data and in p0f's notation. */
import { OptionCursor } from '../wire/option-cursor.ts';
import { OptionKind } from '../wire/tcp-options.ts';
import type { OfferedOptions } from './attempt.ts';

/** `ecn` stands in the flags, not among the options. The last of duplicates wins, as in `decodeOptions`. */
export function offeredOptions(bytes: Uint8Array, ecn: boolean): OfferedOptions {
  let mss = -1;
  let windowScale = -1;
  let sackPermitted = false;
  let timestamps = false;
  let fastOpen = -1;
  const cursor = new OptionCursor();
  for (cursor.start(bytes, 0, bytes.length); cursor.next(); ) {
    const { kind, off, declared } = cursor;
    if (cursor.bad) break;
    if (kind === OptionKind.Mss && declared === 4) mss = bytes[off + 2]! * 256 + bytes[off + 3]!;
    else if (kind === OptionKind.WindowScale && declared === 3) windowScale = bytes[off + 2]!;
    else if (kind === OptionKind.SackPermitted && declared === 2) sackPermitted = true;
    else if (kind === OptionKind.Timestamps && declared === 10) timestamps = true;
    else if (kind === OptionKind.FastOpen) fastOpen = declared - 2;
  }
  return { mss, windowScale, sackPermitted, timestamps, fastOpen, ecn };
}

/** Kinds in order: `mss,sok,ts,nop,ws`; `?77` for unknown ones, `eol+2` with the bytes of padding behind it. */
export function printText(bytes: Uint8Array): string {
  const words: string[] = [];
  const cursor = new OptionCursor();
  for (cursor.start(bytes, 0, bytes.length); cursor.next(); ) {
    const { kind, off } = cursor;
    if (kind === OptionKind.EndOfList) words.push(`eol+${bytes.length - off - 1}`);
    else words.push(NAMES.get(kind) ?? `?${kind}`);
  }
  return words.join(',');
}

/** p0f's README, section 4: "olayout". */
const NAMES: ReadonlyMap<number, string> = new Map([
  [OptionKind.Nop, 'nop'],
  [OptionKind.Mss, 'mss'],
  [OptionKind.WindowScale, 'ws'],
  [OptionKind.SackPermitted, 'sok'],
  [OptionKind.Sack, 'sack'],
  [OptionKind.Timestamps, 'ts'],
]);
