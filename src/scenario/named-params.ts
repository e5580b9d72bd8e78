/** `policy: syn-cache` or `policy: { name: syn-cache, buckets: 64 }`: names and parameters checked against a catalogue. */
import { type ParamSpecs, paramMistake } from '../sim/param-spec.ts';
import { nearest } from '../wire/suggest.ts';
import type { Refuse } from './build.ts';
import type { Named } from './flood-file.ts';
import { found } from './shape.ts';

type Path = readonly (string | number)[];

export interface Choice {
  readonly name: string;
  /** What was given, in the model's units. */
  readonly params: Readonly<Record<string, number | string>>;
}

/** `what` names the thing in sentences: 'listen policy'. */
export function chooseNamed(
  file: Named,
  catalogue: Readonly<Record<string, { readonly params: ParamSpecs }>>,
  what: string,
  path: Path,
  refuse: Refuse,
): Choice {
  const { name, ...given } = typeof file === 'string' ? { name: file } : file;
  const namePath = typeof file === 'string' ? path : [...path, 'name'];
  const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  if (entry === undefined) {
    return refuse(namePath, `is '${name}', no ${what}; ${suggestion(name, Object.keys(catalogue))}`);
  }
  const params: Record<string, number | string> = {};
  for (const [key, value] of Object.entries(given)) {
    const spec = Object.hasOwn(entry.params, key) ? entry.params[key] : undefined;
    if (spec === undefined) {
      const known = Object.keys(entry.params);
      const none = `'${name}' takes no parameters`;
      return refuse(
        [...path, key],
        `unknown key '${key}'; ${known.length === 0 ? none : suggestion(key, known)}`,
        true,
      );
    }
    const mistake = paramMistake(spec, value);
    if (mistake !== '') return refuse([...path, key], `is ${found(value)}; expected ${mistake}`);
    params[key] = value as number | string; // what `paramMistake` lets pass
  }
  return { name, params };
}

export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? `expected ${known.join(', ')}` : `did you mean '${near}'?`;
}
