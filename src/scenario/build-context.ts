/** What the builders of a flood scenario share: its bounds, its addresses, and how parts of the file are found again. */
import type { DistributionSpec } from '../sim/flood-model.ts';
import type { Nanos } from '../tcp/types.ts';
import type { AddressClaims } from './address-claims.ts';
import type { Refuse } from './build.ts';
import type { DistributionFile } from './flood-file.ts';
import { time } from './units.ts';

type Path = readonly (string | number)[];

/** What several builders need. */
export interface BuildContext {
  readonly until: Nanos;
  readonly ports: readonly number[];
  readonly claims: AddressClaims;
  readonly refuse: Refuse;
}

/** Sent by floods or bots in one run: ten minutes of work on one core. */
export const MOST_SYNS = 1e9;

/** One item or a list of them, each with its place in the file. */
export function each<T extends object>(
  items: T | readonly T[],
  key: string,
): readonly { readonly item: T; readonly path: Path }[] {
  if (isList(items)) return items.map((item, i) => ({ item, path: [key, i] }));
  return [{ item: items, path: [key] }];
}

function isList<T>(items: T | readonly T[]): items is readonly T[] {
  return Array.isArray(items);
}

export function checkPort(port: number, path: Path, { ports, refuse }: BuildContext): void {
  if (!ports.includes(port)) {
    refuse([...path, 'port'], `is ${port}, where the server does not listen; expected ${ports.join(', ')}`);
  }
}

export function distributionOf(file: DistributionFile, path: Path, refuse: Refuse): DistributionSpec {
  if (typeof file !== 'object') return { shape: 'fixed', value: time(file) };
  const { cycle, exponential, uniform = [0, 0] } = file;
  if (cycle !== undefined) return { shape: 'cycle', values: cycle.map(time) };
  if (exponential !== undefined) {
    return { shape: 'exponential', least: time(exponential[0]), mean: time(exponential[1]) };
  }
  const [least, most] = [time(uniform[0]), time(uniform[1])];
  if (least > most) refuse([...path, 'uniform'], `begins with ${uniform[0]}, above its end ${uniform[1]}`);
  return { shape: 'uniform', least, most };
}

/** A count for a sentence. */
export function whole(value: number): string {
  return value === Infinity ? 'infinitely many' : String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
