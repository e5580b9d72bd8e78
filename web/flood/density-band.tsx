/** The flood behind the ladder: at each height as wide as SYNs came per 10 ms, in the patterns of their owners. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Recording } from '../../src/sim/recording.ts';
import { bandUpTo, DENSITY_OWNERS, densityBand, type FloodDensity } from '../../src/view/density-band.ts';
import type { LadderModel } from '../../src/view/ladder-model.ts';
import type { Frame } from '../ladder/frame.ts';
import { Unspoken } from '../ladder/unspoken.tsx';

interface Props {
  readonly density: FloodDensity;
  /** Whose ladder it is: with the model's mode it decides the scale. */
  readonly recording: Recording;
  readonly model: LadderModel;
  readonly frame: Frame;
  readonly id: string;
}

export function DensityBandView({ density, recording, model, frame, id }: Props): JSX.Element {
  const { scale } = model;
  const step = STEP / frame.row;
  // Each model has a scale object of its own; recording and mode decide what is in it.
  const band = useMemo(() => densityBand(density, scale, step), [density, recording, scale.mode, step]);
  const right = (frame.laneX.at(-1) ?? frame.width) - frame.half;
  const reach = (right - (frame.laneX[0] ?? 0)) * SHARE;
  const paths = DENSITY_OWNERS.map(() => '');
  for (const row of bandUpTo(band, model.yNow)) {
    const y0 = frame.top + row.y0 * frame.row;
    const y1 = frame.top + row.y1 * frame.row;
    let x = right;
    for (const [k, count] of row.counts.entries()) {
      if (count === 0) continue;
      const width = (count / Math.max(band.most, LEAST_MOST)) * reach;
      paths[k] += `M${round(x)} ${round(y0)}h${-round(width)}V${round(y1)}H${round(x)}z`;
      x -= width;
    }
  }
  return (
    <Unspoken class="density">
      {DENSITY_OWNERS.map((owner, k) => (
        <path key={owner} class={owner} d={paths[k]} fill={`url(#${id}-${owner})`} />
      ))}
    </Unspoken>
  );
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}

/** Least height of a row, in pixels. */
const STEP = 4;
/** The widest row takes this much of the way between the lifelines. */
const SHARE = 0.5;
/** A lone SYN is not a flood: below so many in 10 ms the band stays narrow. */
const LEAST_MOST = 2;
