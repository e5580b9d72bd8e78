/**
 * What a simulation says of a number that theory gives: an interval around what was simulated, and whether it holds theory's
 * number. Of many intervals of 99 % some miss by chance, so all of a result are judged together.
 */
import { type Interval, meanInterval, shareInterval } from '../../src/view/confidence.ts';
import type { Check } from './section.ts';

/** Of the intervals that documents show. */
const NEAR = 0.99;
/** No interval may miss that is so wide. */
const FAR = 0.9999;
/** So improbable may it be that more intervals miss than are let pass. */
const TOO_MANY = 0.001;

export interface Estimate {
  readonly theory: number;
  readonly simulated: number;
  /** 99 %. */
  readonly interval: Interval;
  /** Theory is within it. */
  readonly holds: boolean;
  /** Theory is not even within the one of 99.99 %. */
  readonly wrong: boolean;
}

/** A share of independent trials, Wilson's interval. */
export function estimateShare(theory: number, hits: number, trials: number): Estimate {
  return estimate(theory, hits / trials, (confidence) => shareInterval(hits, trials, confidence));
}

/** A mean over runs with different seeds, Student's interval. */
export function estimateMean(theory: number, values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1));
  return estimate(theory, mean, (confidence) => meanInterval(n, mean, deviation, confidence));
}

/** One check for each estimate, and one for all of them. */
export function judge(estimates: readonly (readonly [name: string, estimate: Estimate])[], digits: number): Check[] {
  const all = estimates.length;
  const held = estimates.filter(([, e]) => e.holds).length;
  const least = all - missesAllowed(all);
  return [
    ...estimates.map(
      ([name, e]): Check => ({
        name,
        theory: e.theory.toFixed(digits),
        simulated: `${e.simulated.toFixed(digits)}, ${intervalText(e.interval, digits)}`,
        ok: !e.wrong,
      }),
    ),
    { name: 'intervals that hold theory', theory: `${least} of ${all}`, simulated: `${held}`, ok: held >= least },
  ];
}

/** The sentence about it. */
export function judgement(estimates: number): string {
  return `Theory within the 99 % interval around what was simulated. Of ${estimates} such intervals chance makes more than ${missesAllowed(estimates)} miss in less than one set of seeds out of a thousand; so many are let pass, but none where one of 99.99 % misses as well.`;
}

export function intervalText({ low, high }: Interval, digits: number): string {
  return `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
}

function estimate(theory: number, simulated: number, interval: (confidence: number) => Interval): Estimate {
  const [near, far] = [interval(NEAR), interval(FAR)];
  return { theory, simulated, interval: near, holds: within(near, theory), wrong: !within(far, theory) };
}

function within({ low, high }: Interval, value: number): boolean {
  return low <= value && value <= high;
}

/** The least k for which more than k misses among `n` intervals have a probability below TOO_MANY. */
function missesAllowed(n: number): number {
  let term = NEAR ** n;
  let more = 1 - term;
  let k = 0;
  for (; more >= TOO_MANY; more -= term) {
    term *= ((n - k) / (k + 1)) * ((1 - NEAR) / NEAR);
    k++;
  }
  return k;
}
