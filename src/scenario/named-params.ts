/** `policy: syn-cache` or `policy: { name: syn-cache, buckets: 64 }`: names and parameters checked against a catalogue. */
import type { ParamSpec, ParamSpecs } from '../sim/param-spec.ts';
import { nearest } from '../wire/suggest.ts';
import type { Refuse } from './build.ts';
import type { Named } from './flood-file.ts';
import { found } from './shape.ts';
import { parseDuration } from './units.ts';

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
    params[key] = paramValue(spec, value, [...path, key], refuse);
  }
  return { name, params };
}

export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? `expected ${known.join(', ')}` : `did you mean '${near}'?`;
}

function paramValue(spec: ParamSpec, value: unknown, path: Path, refuse: Refuse): number | string {
  if (spec.kind === 'choice') {
    if (typeof value === 'string' && spec.of.includes(value)) return value;
    return refuse(path, `is ${found(value)}; ${suggestion(typeof value === 'string' ? value : '', spec.of)}`);
  }
  if (spec.kind === 'time') {
    const t = typeof value === 'string' || value === 0 ? parseDuration(String(value)) : -1;
    if (t >= spec.least && t <= spec.most) return t;
    return refuse(
      path,
      `is ${found(value)}; expected a time from ${spec.least / 1e9}s to ${spec.most / 1e9}s (${spec.what})`,
    );
  }
  const fits = typeof value === 'number' && value >= spec.least && value <= spec.most;
  if (fits && (!spec.whole || Number.isInteger(value))) return value;
  const kind = spec.whole ? 'a whole number' : 'a number';
  return refuse(path, `is ${found(value)}; expected ${kind} from ${spec.least} to ${spec.most} (${spec.what})`);
}
