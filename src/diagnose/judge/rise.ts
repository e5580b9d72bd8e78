/** When attempts failed: then, in the steps of a curve in which many did, and at all other times. */
import type { RateCurve } from '../findings.ts';
import { levelOf } from './stretch.ts';

export interface Failures {
  /** Share of attempts that did not complete, of the steps in which unfinished ones stood out. */
  readonly failedThen: number;
  /** Unfinished ones in such a step, on average, and how many such steps there are. */
  readonly perStep: number;
  readonly steps: number;
  /** The same share of all other steps, and how many attempts those hold. */
  readonly failedElse: number;
  readonly attemptsElse: number;
  /** Attempts in such a step against those in another in which any came; 0 without such others. */
  readonly pace: number;
}

/** Shares of attempts that did not complete. */
export interface Rise {
  readonly during: number;
  readonly otherwise: number;
}

/** `curve`: unfinished attempts by the step in which they began. */
export function failedWhen({ completed }: RateCurve, curve: readonly number[]): Failures {
  const level = levelOf(curve, { completed });
  const then = { open: 0, done: 0, steps: 0 };
  const other = { open: 0, done: 0, steps: 0 };
  let quiet = 0;
  curve.forEach((n, i) => {
    const when = n === 0 || n < level ? other : then;
    when.open += n;
    when.done += completed[i] ?? 0;
    when.steps++;
    if (n === 0 && (completed[i] ?? 0) === 0) quiet++;
  });
  const perBusyStep = (other.open + other.done) / Math.max(1, other.steps - quiet);
  return {
    // Without any, all of them completed as far as anybody knows, and none did.
    failedThen: 1 - then.done / Math.max(1, then.open + then.done),
    perStep: then.open / Math.max(1, then.steps),
    steps: then.steps,
    failedElse: other.open / Math.max(1, other.open + other.done),
    attemptsElse: other.open + other.done,
    pace: other.steps > quiet ? (then.open + then.done) / Math.max(1, then.steps) / perBusyStep : 0,
  };
}

/**
 * Did so many more fail then that something happened? The steps are chosen for what failed in them, so a few failures more
 * in a few of them say nothing: by chance (Poisson) ten come in five steps that expect a quarter of it once in 10^15.
 */
export function riseOf({ failedThen, failedElse, attemptsElse, perStep, steps }: Failures): Rise | undefined {
  if (attemptsElse < LEAST_ELSE || steps < 5 || perStep < 10) return undefined;
  // Of n attempts none of which failed, one knows only that fewer than 3 in n do (rule of three, 95 %).
  const usual = failedElse + 3 / attemptsElse;
  return failedThen >= 4 * usual ? { during: failedThen, otherwise: failedElse } : undefined;
}

/** Of fewer attempts one does not know what is usual. */
export const LEAST_ELSE = 200;
