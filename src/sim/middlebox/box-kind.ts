/**
 * What there is to know about a kind of middlebox, as plain data: its parameters for scenario files, what it buys and
 * costs for `--explain` and the documentation, what its acts cost in CPU time, and how one is made.
 */
import type { Nanos } from '../../tcp/types.ts';
import { SAFE_RANGES } from '../../wire/safe-range.ts';
import { parsePrefix } from '../prefix.ts';
import type { Middlebox } from './types.ts';

/**
 * `duration` in nanoseconds, `rate` per second, `count` a whole number, `share` 0 .. 1, `choice` one of `choices`,
 * `prefix-list` texts such as `198.51.100.0/24`.
 */
export type Parameter =
  | NumberParameter
  | {
      readonly name: string;
      readonly kind: 'choice';
      readonly default: string;
      readonly choices: readonly string[];
      readonly says: string;
    }
  | { readonly name: string; readonly kind: 'prefix-list'; readonly default: readonly string[]; readonly says: string };

export interface NumberParameter {
  readonly name: string;
  readonly kind: 'duration' | 'rate' | 'count' | 'share';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** What it is, with the source of the default. */
  readonly says: string;
}

export type ParameterValue = number | string | readonly string[];
export type BoxParams = Readonly<Record<string, ParameterValue>>;

/** What a box needs from the run: a key of its own, and dice. */
export interface BoxDeps {
  /** Four uint32. */
  readonly secret: Uint32Array;
  /** An integer in 0 .. n - 1. */
  below(n: number): number;
}

/** What people read about a defence. */
export interface DefenceText {
  readonly name: string;
  /** One sentence: how it works. */
  readonly describe: string;
  /** Section of RFC 4987, and where the behaviour and the defaults come from. */
  readonly source: string;
  readonly parameters: readonly Parameter[];
  readonly buys: string;
  readonly costs: string;
}

export interface BoxKind extends DefenceText {
  /** On which side of the access link it stands: what is dropped at the provider does not fill the link. */
  readonly place: 'provider' | 'site';
  /**
   * CPU time per act, by the name of the counter that counts the act; `seen` is each segment looked at. A stated model,
   * not a measurement: see `cpuOf`.
   */
  readonly cost: Readonly<Record<string, Nanos>>;
  make(params: BoxParams, deps: BoxDeps): Middlebox;
}

/** A box of this kind; parameters left out have their defaults. Throws when one is unknown or out of range. */
export function makeBox(kind: BoxKind, params: BoxParams, deps: BoxDeps): Middlebox {
  for (const name of Object.keys(params)) {
    const parameter = kind.parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) throw new Error(`${kind.name} has no parameter '${name}'`);
    const mistake = parameterMistake(parameter, params[name]);
    if (mistake !== null) throw new Error(`${kind.name}: ${name}: ${mistake}`);
  }
  const full: Record<string, ParameterValue> = {};
  for (const parameter of kind.parameters) full[parameter.name] = params[parameter.name] ?? parameter.default;
  return kind.make(full, deps);
}

/** What was expected instead of `value`, or null when it is fine. */
export function parameterMistake(parameter: Parameter, value: unknown): string | null {
  switch (parameter.kind) {
    case 'choice':
      return parameter.choices.some((choice) => choice === value) ? null : `one of ${parameter.choices.join(', ')}`;
    case 'prefix-list':
      return Array.isArray(value) && value.every(isPrefix) ? null : `a list of prefixes within ${SAFE_RANGES}`;
    default: {
      const whole = parameter.kind === 'share' || Number.isInteger(value);
      const fits = typeof value === 'number' && value >= parameter.min && value <= parameter.max;
      return whole && fits ? null : `a number from ${parameter.min} to ${parameter.max}`;
    }
  }
}

/** CPU time that a box has used so far, in the model of its kind: for each counter, acts times cost. */
export function cpuOf(kind: BoxKind, box: Middlebox): Nanos {
  let total = 0;
  for (const [act, cost] of Object.entries(kind.cost)) total += cost * (box.counters[act] ?? 0);
  return total;
}

/** A parameter that `makeBox` has checked to be a number. */
export function numberOf(params: BoxParams, name: string): number {
  const value = params[name];
  if (typeof value !== 'number') throw new Error(`parameter '${name}' is no number: make boxes with makeBox`);
  return value;
}

export function choiceOf<T extends string>(params: BoxParams, name: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === params[name]);
  if (chosen === undefined) throw new Error(`parameter '${name}' is none of ${choices.join(', ')}`);
  return chosen;
}

export function listOf(params: BoxParams, name: string): readonly string[] {
  const value = params[name];
  if (typeof value !== 'object') throw new Error(`parameter '${name}' is no list: make boxes with makeBox`);
  return value;
}

function isPrefix(item: unknown): boolean {
  if (typeof item !== 'string') return false;
  try {
    parsePrefix(item, '');
    return true;
  } catch {
    // All it throws says that this is none.
    return false;
  }
}
