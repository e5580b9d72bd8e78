/** Reasons in words: the rule with its values filled in, whether it held, and where it is written. */
import type { Recording, SegmentView, Step, WhyNote } from '../sim/recording.ts';
import type { ValueKind } from '../tcp/why.ts';
import type { Numbers } from './numbers.ts';
import { flagsName } from './segment-label.ts';
import { formatSpan } from './time-text.ts';

/** A stretch of a reason: plain words, or a value that a page can link to the same value elsewhere. */
export interface WhyPart {
  readonly text: string;
  /** Kind and raw value when this part is a value. */
  readonly kind?: ValueKind;
  readonly value?: number;
}

export interface WhyLine {
  /** A check that held, one that failed, or something that was done. */
  readonly mark: 'held' | 'failed' | 'act';
  /** `SND.UNA 5000 < SEG.ACK 5001 ≤ SND.NXT 5001`; ends in `is false` when a comparison failed. */
  readonly text: string;
  readonly parts: readonly WhyPart[];
  readonly ref: string;
  readonly id: string;
}

/** Which reasons to show: every one, only failed checks, or none. */
export type WhyLevel = 'all' | 'failed' | 'none';

export const WHY_LEVELS: readonly WhyLevel[] = ['all', 'failed', 'none'];

/** The reasons of one step, in the order in which the engine found them. */
export function whyLines(recording: Recording, step: Step, numbers: Numbers, level: WhyLevel = 'all'): WhyLine[] {
  if (level === 'none') return [];
  const flight = step.flight >= 0 ? step.flight : (step.sent[0] ?? -1);
  const segment = recording.flights[flight]?.segment;
  return step.why
    .map((note) => whyLine(note, step.host, numbers, segment))
    .filter((line) => level === 'all' || line.mark === 'failed');
}

/** One reason; `segment` (either direction) tells which connection's numbers are meant. */
export function whyLine(note: WhyNote, host: number, numbers: Numbers, segment?: SegmentView): WhyLine {
  const parts: WhyPart[] = [];
  let from = 0;
  for (const match of note.rule.text.matchAll(/\{([012])\}/g)) {
    if (match.index > from) parts.push({ text: tidy(note.rule.text.slice(from, match.index)) });
    const which = Number(match[1]);
    const kind = note.rule.values[which] ?? 'n';
    const value = note.values[which] ?? 0;
    const beside = parts.find((part) => part.kind === kind)?.value;
    parts.push({ text: valueText(kind, value, host, numbers, segment, beside), kind, value });
    from = match.index + match[0].length;
  }
  if (from < note.rule.text.length) parts.push({ text: tidy(note.rule.text.slice(from)) });
  const mark = note.kind === 'act' ? 'act' : note.held ? 'held' : 'failed';
  if (mark === 'failed') parts.push({ text: denial(note.rule.text) });
  return { mark, parts, text: parts.map((part) => part.text).join(''), ref: note.rule.ref, id: note.rule.id };
}

/** `✓ `, `✕ ` or `→ ` before a reason: a shape of its own for each, so that colour is never needed. */
export function whyMark(line: WhyLine): string {
  return MARKS[line.mark];
}

const MARKS: Record<WhyLine['mark'], string> = { held: '✓', failed: '✕', act: '→' };

function valueText(
  kind: ValueKind,
  value: number,
  host: number,
  numbers: Numbers,
  segment: SegmentView | undefined,
  beside: number | undefined,
): string {
  switch (kind) {
    case 'local':
      return numbers.local(value, host, segment, beside);
    case 'remote':
      return numbers.remote(value, host, segment, beside);
    case 'ns':
      return formatSpan(value);
    case 'flags':
      return flagsName(value);
    case 'n':
    case 'ts':
      return String(value);
    default: {
      const never: never = kind;
      throw new Error(`no text for a value of kind ${String(never)}`);
    }
  }
}

/** The engine writes ASCII; people read ≤ and ≥. */
function tidy(text: string): string {
  return text.replaceAll('<=', '≤').replaceAll('=<', '≤').replaceAll('>=', '≥');
}

/** A failed comparison is false; a failed statement ("RST in the window: …") simply is not the case. */
function denial(text: string): string {
  const comparison = /[<>=]\s*[^:]*$/.test(text);
  return comparison ? ' is false' : ': no';
}
