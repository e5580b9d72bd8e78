/** The options of a script as bytes of a header, in the order written: tests of a stack depend on odd orders and lengths. */
import { FAST_OPEN_MAGIC, MAX_OPTION_BYTES, OptionKind } from '../wire/tcp-options.ts';
import type { TcpOption } from './ast.ts';

/** From numbers of the script to those on the wire. */
export interface OptionNumbers {
  /** Added to SACK edges. */
  readonly sack: number;
  readonly tsVal: (value: number) => number;
  readonly tsEcr: (value: number) => number;
}

/**
 * At most 40 bytes, a multiple of 4; what is missing to that is filled with end-of-list. The parser lets through only
 * lists that need no filling and fit.
 */
export function encodeScriptOptions(options: readonly TcpOption[], numbers: OptionNumbers): Uint8Array {
  const bytes: number[] = [];
  for (const option of options) pushOption(bytes, option, numbers);
  while (bytes.length % 4 !== 0) bytes.push(OptionKind.EndOfList);
  if (bytes.length > MAX_OPTION_BYTES)
    throw new RangeError(`options of ${bytes.length} bytes do not fit in a TCP header`);
  return Uint8Array.from(bytes);
}

function pushOption(out: number[], option: TcpOption, numbers: OptionNumbers): void {
  switch (option.kind) {
    case 'nop':
      out.push(OptionKind.Nop);
      return;
    case 'eol':
      out.push(OptionKind.EndOfList);
      return;
    case 'sackOK':
      out.push(OptionKind.SackPermitted, 2);
      return;
    case 'mss':
      out.push(OptionKind.Mss, 4, option.value >>> 8, option.value & 0xff);
      return;
    case 'wscale':
      out.push(OptionKind.WindowScale, 3, option.value);
      return;
    case 'TS':
      out.push(OptionKind.Timestamps, 10);
      push32(out, numbers.tsVal(option.val));
      push32(out, numbers.tsEcr(option.ecr));
      return;
    case 'sack':
      out.push(OptionKind.Sack, 2 + 8 * option.blocks.length);
      for (const { left, right } of option.blocks) {
        push32(out, left + numbers.sack);
        push32(out, right + numbers.sack);
      }
      return;
    case 'FO':
      out.push(OptionKind.FastOpen, 2 + option.bytes.length, ...option.bytes);
      return;
    case 'FOEXP':
      out.push(OptionKind.Experiment2, 4 + option.bytes.length, FAST_OPEN_MAGIC >>> 8, FAST_OPEN_MAGIC & 0xff);
      out.push(...option.bytes);
      return;
    case 'md5':
      out.push(OptionKind.Md5, 2 + option.bytes.length, ...option.bytes);
      return;
    case 'ECN':
      // The kind says which counter comes first (RFC 9768 §3.2.3).
      out.push(
        option.fields[0]?.name === 'e1b' ? OptionKind.AccEcn1 : OptionKind.AccEcn0,
        2 + 3 * option.fields.length,
      );
      for (const { value } of option.fields) out.push(value >>> 16, (value >>> 8) & 0xff, value & 0xff);
      return;
    default:
      return option satisfies never;
  }
}

function push32(out: number[], value: number): void {
  const word = value >>> 0;
  out.push(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
}
