/** A network defence of a flood scenario's file: name and parameters checked against the catalogue of middleboxes. */
import type { BoxSpec } from '../sim/flood-model.ts';
import type { Parameter } from '../sim/middlebox/box-kind.ts';
import { ELSEWHERE, MIDDLEBOXES } from '../sim/middlebox/catalogue.ts';
import { safePrefix } from './address-claims.ts';
import type { Refuse } from './build.ts';
import type { Named } from './flood-file.ts';
import { suggestion } from './named-params.ts';
import { found } from './shape.ts';
import { parseDuration } from './units.ts';

type Path = readonly (string | number)[];
type Value = BoxSpec['params'][string];

export function buildBox(file: Named, path: Path, refuse: Refuse): BoxSpec {
  const { name, ...given } = typeof file === 'string' ? { name: file } : file;
  const namePath = typeof file === 'string' ? path : [...path, 'name'];
  const kind = MIDDLEBOXES.find((box) => box.name === name);
  if (kind === undefined) {
    const elsewhere = ELSEWHERE.some((defence) => defence.name === name);
    const hint = elsewhere
      ? "it stands in front of the senders: set 'ingress'"
      : suggestion(
          name,
          MIDDLEBOXES.map((box) => box.name),
        );
    return refuse(namePath, `is '${name}', no network defence on the server's road; ${hint}`);
  }
  const params: Record<string, Value> = {};
  for (const [key, value] of Object.entries(given)) {
    const parameter = kind.parameters.find((candidate) => candidate.name === key);
    if (parameter === undefined) {
      const known = kind.parameters.map((candidate) => candidate.name);
      return refuse([...path, key], `unknown key '${key}'; ${suggestion(key, known)}`, true);
    }
    params[key] = valueOfParameter(parameter, value, [...path, key], refuse);
  }
  return { name, params };
}

function valueOfParameter(parameter: Parameter, value: unknown, path: Path, refuse: Refuse): Value {
  const { says } = parameter;
  if (parameter.kind === 'choice') {
    const choice = parameter.choices.find((candidate) => candidate === value);
    return choice ?? refuse(path, `is ${found(value)}; ${suggestion(String(value), parameter.choices)}`);
  }
  if (parameter.kind === 'prefix-list') {
    if (!Array.isArray(value)) return refuse(path, `is ${found(value)}; expected a list of prefixes (${says})`);
    return value.map((item, i) => safePrefix([...path, i], String(item), refuse).text);
  }
  const { min, max } = parameter;
  if (parameter.kind === 'duration') {
    const t = typeof value === 'string' || value === 0 ? parseDuration(String(value)) : -1;
    if (t >= min && t <= max) return t;
    return refuse(path, `is ${found(value)}; expected a time from ${min / 1e9}s to ${max / 1e9}s (${says})`);
  }
  const whole = parameter.kind !== 'share';
  if (typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  return refuse(path, `is ${found(value)}; expected a ${whole ? 'whole ' : ''}number from ${min} to ${max} (${says})`);
}
