/** How often each verdict came with each detail. */
import type { Attempt, Detail } from '../diagnose/attempt.ts';
import { VERDICT_NAMES, type Verdict } from '../diagnose/verdict.ts';
import { DETAILS, isAttempt } from './detail-text.ts';

export class DetailTally {
  /** Rows whose SYN was captured, and those whose was not. */
  attempts = 0;
  others = 0;
  readonly #counts: readonly Map<Detail, number>[] = VERDICT_NAMES.map(() => new Map<Detail, number>());

  add({ verdict, detail }: Pick<Attempt, 'verdict' | 'detail'>, times = 1): void {
    if (isAttempt(verdict)) this.attempts += times;
    else this.others += times;
    const counts = this.#counts[verdict]!;
    counts.set(detail, (counts.get(detail) ?? 0) + times);
  }

  /** Details of a verdict, most frequent first. */
  of(verdict: Verdict): { readonly detail: Detail; readonly count: number }[] {
    return [...this.#counts[verdict]!]
      .map(([detail, count]) => ({ detail, count }))
      .sort((a, b) => b.count - a.count || DETAILS.indexOf(a.detail) - DETAILS.indexOf(b.detail));
  }

  /** `{ completed: { 'by-ack': 3 }, … }`, verdicts without rows left out. */
  toJson(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    const json: Record<string, Record<string, number>> = {};
    for (const [verdict, counts] of this.#counts.entries()) {
      if (counts.size > 0) json[VERDICT_NAMES[verdict]!] = Object.fromEntries(counts);
    }
    return json;
  }
}
