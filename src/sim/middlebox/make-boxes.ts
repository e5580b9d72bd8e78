/** The network defences of one run, made in the scenario's order, each with a key and dice of its own. */
import { HalfopenError } from '../../wire/error.ts';
import type { BoxSpec } from '../flood-model.ts';
import { stream } from '../rng.ts';
import { type BoxKind, makeBox } from './box-kind.ts';
import { middleboxNamed } from './catalogue.ts';
import type { Middlebox } from './types.ts';

export interface MadeBoxes {
  readonly boxes: readonly Middlebox[];
  readonly kinds: readonly BoxKind[];
  /** The first so many stand on the provider's side of the access link. */
  readonly upstream: number;
}

/** Throws when a name is not in the catalogue, or a parameter not its kind's. */
export function makeBoxes(specs: readonly BoxSpec[], seed: number): MadeBoxes {
  const kinds = specs.map(({ name }) => {
    const kind = middleboxNamed(name);
    if (kind === undefined) throw new HalfopenError(`boxes: no network defence is called '${name}'`);
    return kind;
  });
  const boxes = specs.map(({ params }, i) => {
    const rng = stream(seed, `box/${i}`);
    const secret = Uint32Array.from({ length: 4 }, () => rng.uint32());
    return makeBox(kinds[i]!, params, { secret, below: (n) => rng.below(n) });
  });
  const site = kinds.findIndex(({ place }) => place === 'site');
  return { boxes, kinds, upstream: site < 0 ? kinds.length : site };
}
