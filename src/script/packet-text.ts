/**
 * Segments as a script writes them: `S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 8>`, in script numbers and with the
 * options in wire order. What is printed parses again, but for options that the language cannot say.
 */
import { OptionCursor } from '../wire/option-cursor.ts';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, type Segment, SYN, URG } from '../wire/segment.ts';
import { FAST_OPEN_MAGIC, OptionKind } from '../wire/tcp-options.ts';

/** From numbers on the wire to those of the script. */
export interface ScriptNumbers {
  /** What script number 0 of the sender is on the wire: taken off its sequence numbers. */
  readonly seq: number;
  /** The same for its peer: taken off acknowledgment numbers and SACK edges. */
  readonly ack: number;
  readonly tsVal: (value: number) => number;
  readonly tsEcr: (value: number) => number;
}

/** What to leave out or show otherwise, as the script did in the packet expected. */
export interface PacketTextStyle {
  /** `false`: no `win`. */
  readonly window?: boolean;
  /** `true`: the three ECN bits as the digit of the ACE field. */
  readonly ace?: boolean;
}

export function packetText(seg: Readonly<Segment>, numbers: ScriptNumbers, style: PacketTextStyle = {}): string {
  const seq = (seg.seq - numbers.seq) >>> 0;
  let text = `${flagsText(seg.flags, style.ace === true)} ${seq}:${(seq + seg.len) >>> 0}(${seg.len})`;
  if (seg.flags & ACK) text += ` ack ${(seg.ack - numbers.ack) >>> 0}`;
  if (style.window !== false) text += ` win ${seg.wnd}`;
  if (seg.flags & URG) text += ` urg ${seg.urg}`;
  const options = optionTexts(seg, numbers);
  return options.length === 0 ? text : `${text} <${options.join(',')}>`;
}

/** `S.`, `FP.`, `SE.`; `-` for none. Letters stand before the dot, where the language wants them; the original prints `S.E`. */
export function flagsText(flags: number, ace: boolean): string {
  let text = '';
  for (const [bit, letter] of LETTERS) if (flags & bit && !(ace && bit & ECN_FLAGS)) text += letter;
  if (flags & ACK) text += '.';
  if (ace) text += (flags & AE ? 4 : 0) | (flags & CWR ? 2 : 0) | (flags & ECE ? 1 : 0);
  return text === '' ? '-' : text;
}

/** The options of `seg` one by one; padding behind the end of the list is one `eol` a byte. */
export function optionTexts(seg: Readonly<Segment>, numbers: ScriptNumbers): string[] {
  const cursor = new OptionCursor();
  const view = cursor.startIn(seg);
  const texts: string[] = [];
  while (cursor.next()) {
    if (cursor.kind === OptionKind.EndOfList) {
      for (let i = cursor.off; i < cursor.end; i++) texts.push(view.getUint8(i) === 0 ? 'eol' : `0x${hex(view, i, 1)}`);
    } else {
      texts.push(optionText(view, cursor, numbers) ?? strangeText(view, cursor));
    }
  }
  return texts;
}

/** Undefined when the option has a length that its kind does not have, or no name in the language. */
function optionText(view: DataView, at: OptionCursor, numbers: ScriptNumbers): string | undefined {
  if (at.bad) return undefined;
  const data = at.off + 2;
  const n = at.len - 2;
  switch (at.kind) {
    case OptionKind.Nop:
      return 'nop';
    case OptionKind.Mss:
      return n === 2 ? `mss ${view.getUint16(data)}` : undefined;
    case OptionKind.WindowScale:
      return n === 1 ? `wscale ${view.getUint8(data)}` : undefined;
    case OptionKind.SackPermitted:
      return n === 0 ? 'sackOK' : undefined;
    case OptionKind.Sack:
      return n > 0 && n % 8 === 0 ? sackText(view, data, n / 8, numbers.ack) : undefined;
    case OptionKind.Timestamps:
      if (n !== 8) return undefined;
      return `TS val ${numbers.tsVal(view.getUint32(data))} ecr ${numbers.tsEcr(view.getUint32(data + 4))}`;
    case OptionKind.Md5:
      return n <= 16 ? blobText('md5', view, data, n) : undefined;
    case OptionKind.FastOpen:
      return blobText('FO', view, data, n);
    case OptionKind.Experiment2:
      if (n < 2 || view.getUint16(data) !== FAST_OPEN_MAGIC) return undefined;
      return blobText('FOEXP', view, data + 2, n - 2);
    case OptionKind.AccEcn0:
    case OptionKind.AccEcn1:
      return n > 0 && n <= 9 && n % 3 === 0 ? accEcnText(view, data, n / 3, at.kind) : undefined;
    default:
      return undefined;
  }
}

function sackText(view: DataView, off: number, blocks: number, base: number): string {
  let text = 'sack';
  for (let i = off; i < off + 8 * blocks; i += 8)
    text += ` ${(view.getUint32(i) - base) >>> 0}:${(view.getUint32(i + 4) - base) >>> 0}`;
  return text;
}

/** The middle counter is ceb in both orders (RFC 9768 §3.2.3). */
function accEcnText(view: DataView, off: number, fields: number, kind: number): string {
  const names = kind === OptionKind.AccEcn0 ? ['e0b', 'ceb', 'e1b'] : ['e1b', 'ceb', 'e0b'];
  let text = 'ECN';
  for (let i = 0; i < fields; i++)
    text += ` ${names[i]} ${view.getUint8(off + 3 * i) * 65536 + view.getUint16(off + 3 * i + 1)}`;
  return text;
}

function blobText(name: string, view: DataView, off: number, len: number): string {
  return len === 0 ? name : `${name} ${hex(view, off, len)}`;
}

/** What the language has no word for: `kind-30 0x1234`, `kind-2 length 9 0x05b4`. */
function strangeText(view: DataView, at: OptionCursor): string {
  const length = at.bad && at.declared >= 0 ? ` length ${at.declared}` : '';
  return `kind-${at.kind}${length}${at.len > 2 ? ` 0x${hex(view, at.off + 2, at.len - 2)}` : ''}`;
}

function hex(view: DataView, off: number, len: number): string {
  let text = '';
  for (let i = off; i < off + len; i++) text += view.getUint8(i).toString(16).padStart(2, '0');
  return text;
}

const ECN_FLAGS = ECE | CWR | AE;

const LETTERS: readonly (readonly [number, string])[] = [
  [FIN, 'F'],
  [SYN, 'S'],
  [RST, 'R'],
  [PSH, 'P'],
  [URG, 'U'],
  [ECE, 'E'],
  [CWR, 'W'],
  [AE, 'A'],
];
