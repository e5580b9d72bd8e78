/** Draws durations from a distribution of a scenario. */
import type { Nanos } from '../../tcp/types.ts';
import type { DistributionSpec } from '../flood-model.ts';
import type { Rng } from '../rng.ts';

/** The value for client `index`; a `fixed` or `cycle` one draws nothing. */
export function drawDuration(spec: DistributionSpec, index: number, rng: Rng): Nanos {
  switch (spec.shape) {
    case 'fixed':
      return spec.value;
    case 'cycle':
      return spec.values[index % spec.values.length] ?? 0;
    case 'uniform':
      return spec.least + Math.floor(rng.unit() * (spec.most - spec.least + 1));
    case 'exponential':
      return spec.least + Math.floor(rng.exponential(spec.mean));
    default:
      throw new Error(`no such distribution: ${JSON.stringify(spec satisfies never)}`);
  }
}
