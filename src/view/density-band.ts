/**
 * A flood behind the ladder of one client: how many SYNs came in each 10 ms, and whose. Where the ladder compresses time a
 * row covers many of these, and shows their mean, so that the same width is the same rate everywhere.
 */
import type { Nanos } from '../tcp/types.ts';
import type { SlotOwner } from './owner-look.ts';
import { type TimeScale, timeAt } from './time-scale.ts';

export const DENSITY_STEP: Nanos = 10e6;

/** Kinds of owners in the order their counts lie in `FloodDensity`. */
export const DENSITY_OWNERS: readonly SlotOwner[] = ['silent', 'live', 'bot', 'client'];

/** SYNs that reached the server's edge: for step i and owner k at `i * DENSITY_OWNERS.length + k`. */
export interface FloodDensity {
  readonly counts: Uint32Array | readonly number[];
  /** Steps that are complete. */
  readonly steps: number;
}

export interface DensityRow {
  /** In the rows of the time scale. */
  readonly y0: number;
  readonly y1: number;
  /** Mean SYNs per 10 ms of each owner, in the order of `DENSITY_OWNERS`. */
  readonly counts: readonly number[];
}

export interface DensityBand {
  readonly rows: readonly DensityRow[];
  /** The most SYNs per 10 ms that any row of the whole picture shows: the full width. */
  readonly most: number;
}

/** All rows, of at least `step` in height. Nothing moves while time goes on: `bandUpTo` only cuts. */
export function densityBand(density: FloodDensity, scale: TimeScale, step: number): DensityBand {
  const rows: DensityRow[] = [];
  let most = 0;
  for (let y0 = 0; y0 < scale.height; y0 += step) {
    const y1 = Math.min(scale.height, y0 + step);
    const counts = meanCounts(density, timeAt(scale, y0), timeAt(scale, y1));
    const sum = counts.reduce((all, count) => all + count, 0);
    if (sum > most) most = sum;
    if (sum > 0) rows.push({ y0, y1, counts });
  }
  return { rows, most };
}

/** The rows above a height: nothing of the future shows. */
export function bandUpTo(band: DensityBand, yNow: number): readonly DensityRow[] {
  return band.rows.filter((row) => row.y0 < yNow).map((row) => (row.y1 > yNow ? { ...row, y1: yNow } : row));
}

/** The mean over all steps that the span touches. */
function meanCounts(density: FloodDensity, t0: Nanos, t1: Nanos): number[] {
  const kinds = DENSITY_OWNERS.length;
  const first = Math.floor(t0 / DENSITY_STEP);
  const last = Math.min(density.steps - 1, Math.max(first, Math.ceil(t1 / DENSITY_STEP) - 1));
  const sums = DENSITY_OWNERS.map(() => 0);
  for (let i = first; i <= last; i++) {
    for (let k = 0; k < kinds; k++) sums[k]! += density.counts[i * kinds + k] ?? 0;
  }
  const steps = Math.max(1, last - first + 1);
  return sums.map((sum) => sum / steps);
}
