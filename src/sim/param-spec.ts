/** Parameters of a listen policy as data: what it takes, in which bounds, and what it is when nobody says. Schema and run share it. */

export type ParamSpec =
  | {
      readonly kind: 'number';
      readonly least: number;
      readonly most: number;
      /** `power-of-two` are whole as well. */
      readonly only: 'any' | 'whole' | 'power-of-two';
      readonly usual: number;
      readonly what: string;
    }
  | { readonly kind: 'choice'; readonly of: readonly string[]; readonly usual: string; readonly what: string };

export type ParamSpecs = Readonly<Record<string, ParamSpec>>;

export type ParamValues = Readonly<Record<string, number | string>>;

/** A whole number. */
export function count(usual: number, least: number, most: number, what: string): ParamSpec {
  return { kind: 'number', least, most, only: 'whole', usual, what };
}

export function powerOfTwo(usual: number, most: number, what: string): ParamSpec {
  return { kind: 'number', least: 1, most, only: 'power-of-two', usual, what };
}

/** 0 .. 1. */
export function share(usual: number, what: string): ParamSpec {
  return { kind: 'number', least: 0, most: 1, only: 'any', usual, what };
}

export function oneOf(usual: string, of: readonly string[], what: string): ParamSpec {
  return { kind: 'choice', of, usual, what };
}

/** What was expected instead of `value`, as the end of a sentence; '' when it is fine. */
export function paramMistake(spec: ParamSpec, value: unknown): string {
  if (spec.kind === 'choice') {
    return typeof value === 'string' && spec.of.includes(value) ? '' : `one of ${spec.of.join(', ')} (${spec.what})`;
  }
  const { least, most, only, what } = spec;
  const inside = typeof value === 'number' && value >= least && value <= most;
  const right = inside && (only === 'any' || (Number.isInteger(value) && (only === 'whole' || isPowerOfTwo(value))));
  const kind = only === 'any' ? 'a number' : only === 'whole' ? 'a whole number' : 'a power of two';
  return right ? '' : `${kind} from ${least} to ${most} (${what})`;
}

/** Of a positive integer below 2^31. */
function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}
