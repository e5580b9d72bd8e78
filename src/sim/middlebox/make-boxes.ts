/** The network defences of one run, made in the scenario's order, each with a key and dice of its own. */
import type { TcpConfig } from '../../tcp/config.ts';
import { HalfopenError } from '../../wire/error.ts';
import type { BoxSpec } from '../flood-model.ts';
import { stream } from '../rng.ts';
import { type BoxKind, type BoxParams, makeBox, type ParameterValue } from './box-kind.ts';
import { middleboxNamed } from './catalogue.ts';
import type { Middlebox } from './types.ts';

export interface MadeBoxes {
  readonly boxes: readonly Middlebox[];
  /** The same, each with its kind. */
  readonly made: readonly { readonly box: Middlebox; readonly kind: BoxKind }[];
  /** The first so many stand on the provider's side of the access link. */
  readonly upstream: number;
}

/** `server`: what stands behind them. Throws when a name is not in the catalogue, or a parameter not its kind's. */
export function makeBoxes(specs: readonly BoxSpec[], seed: number, server: TcpConfig): MadeBoxes {
  const made = specs.map(({ name, params }, i) => {
    const kind = middleboxNamed(name);
    if (kind === undefined) throw new HalfopenError(`boxes: no network defence is called '${name}'`);
    const rng = stream(seed, `box/${i}`);
    const secret = Uint32Array.from({ length: 4 }, () => rng.uint32());
    const box = makeBox(kind, { ...asServer(kind, server), ...params }, { secret, below: (n) => rng.below(n) });
    return { box, kind };
  });
  const site = made.findIndex(({ kind }) => kind.place === 'site');
  return { boxes: made.map(({ box }) => box), made, upstream: site < 0 ? made.length : site };
}

/**
 * What a proxy must announce as the server would. Who sets one up finds that out first (the manual of SYNPROXY shows how),
 * so the server's own values are what a scenario means when it says nothing.
 */
function asServer(kind: BoxKind, server: TcpConfig): BoxParams {
  const found: Record<string, ParameterValue> = {
    mss: server.mss,
    wscale: server.windowScale,
    timestamps: server.timestamps ? 'yes' : 'no',
    sack: server.sack ? 'yes' : 'no',
  };
  return Object.fromEntries(Object.entries(found).filter(([name]) => kind.parameters.some((p) => p.name === name)));
}
