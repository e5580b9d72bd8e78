/** Parameters of a defence as data: what it takes, in which bounds, and what it is when nobody says. Schema, catalogue and help share it. */
import type { Nanos } from '../tcp/types.ts';

export type ParamSpec =
  | {
      readonly kind: 'number';
      readonly least: number;
      readonly most: number;
      /** Only whole numbers. */
      readonly whole: boolean;
      readonly usual: number;
      readonly what: string;
    }
  /** In a file with a unit (`10s`), in the model nanoseconds. */
  | { readonly kind: 'time'; readonly least: Nanos; readonly most: Nanos; readonly usual: Nanos; readonly what: string }
  | { readonly kind: 'choice'; readonly of: readonly string[]; readonly usual: string; readonly what: string };

export type ParamSpecs = Readonly<Record<string, ParamSpec>>;

export type ParamValues = Readonly<Record<string, number | string>>;

/** A whole number. */
export function count(usual: number, least: number, most: number, what: string): ParamSpec {
  return { kind: 'number', least, most, whole: true, usual, what };
}
