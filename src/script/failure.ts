/** A script that did not go as it says: where, what was different, and why the engine did what it did. */
import type { Nanos } from '../tcp/types.ts';
import type { Place } from './ast.ts';
import type { Reason } from './bench.ts';

export interface Failure {
  readonly file: string;
  readonly place: Place;
  /** One sentence: what was expected and what was found. */
  readonly what: string;
  /** For a packet: both sides in the script's words and numbers, `actual` '' when nothing was sent. */
  readonly expected?: string;
  readonly actual?: string;
  /** Reasons the engine gave last, oldest first. */
  readonly reasons: readonly string[];
}

/** `file:line:column: what`, and under it expected and actual aligned, and the reasons. */
export function failureLines(failure: Failure): string[] {
  const { file, place } = failure;
  const lines = [`${file}:${place.line}:${place.column}: ${failure.what}`];
  if (failure.expected !== undefined) lines.push(`  expected  ${failure.expected}`);
  if (failure.actual !== undefined) {
    lines.push(`  actual    ${failure.actual === '' ? 'nothing was sent' : failure.actual}`);
    const at = failure.expected === undefined ? -1 : firstDifference(failure.expected, failure.actual);
    if (at >= 0 && failure.actual !== '') lines.push(`            ${' '.repeat(at)}^`);
  }
  for (const [i, reason] of failure.reasons.entries()) lines.push(`  ${i === 0 ? 'because' : '       '}   ${reason}`);
  return lines;
}

/** Where two texts part; -1 when one begins the other. */
function firstDifference(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : n;
}

/** A reason with its values in place. Sequence numbers go through `local` and `remote`, times are told in ms. */
export function reasonText(
  reason: Reason,
  local: (seq: number) => number,
  remote: (seq: number) => number,
  ts: (value: number) => number,
): string {
  const { rule, held, values } = reason;
  const text = rule.text.replace(/\{([012])\}/g, (_, which: string) => {
    const value = values[Number(which) as 0 | 1 | 2];
    switch (rule.values[Number(which)]) {
      case 'local':
        return String(local(value));
      case 'remote':
        return String(remote(value));
      case 'ts':
        return String(ts(value));
      case 'ns':
        return `${value / 1e6} ms`;
      default:
        return String(value);
    }
  });
  const mark = held === undefined ? '→' : held ? '✓' : '✕';
  return `${mark} ${text}  (${rule.ref})`;
}

/** Virtual time as scripts write it. */
export function seconds(at: Nanos): string {
  return (at / 1e9).toFixed(6);
}
