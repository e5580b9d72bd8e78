/** What the schemas of both kinds of scenario file are made of: mappings with known keys, numbers, times, each with its sentence. */
import { z } from 'zod';
import { SEC } from '../tcp/types.ts';
import { nearest } from '../wire/suggest.ts';
import { DURATION_PATTERN, parseDuration } from './units.ts';

/** The issues of a failed check, with paths and sentences. */
export function shapeIssues(error: z.ZodError): readonly ShapeIssue[] {
  return error.issues.map(flatten);
}

export interface ShapeIssue {
  readonly path: readonly (string | number)[];
  /** The key itself is wrong, not its value. */
  readonly key: boolean;
  readonly message: string;
}

type RawIssue = z.core.$ZodIssue;

function flatten(issue: RawIssue): ShapeIssue {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return { path: [...path, issue.keys[0] ?? ''], key: true, message: issue.message };
  }
  if (issue.code === 'invalid_key') return { path, key: true, message: issue.issues[0]?.message ?? issue.message };
  if (issue.code === 'invalid_union') {
    // What is wrong inside the one form that was meant says more than that it is none of them.
    const meant = issue.errors.find((branch) => branch[0] !== undefined && isInside(branch[0]))?.[0];
    if (meant !== undefined) {
      const inner = flatten(meant);
      return { ...inner, path: [...path, ...inner.path] };
    }
  }
  return { path, key: false, message: issue.message };
}

/** Is it about a part of the value, not about what kind of value it is? */
function isInside(issue: RawIssue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

// Without this zod tries `new Function` for speed, which a page with a strict content security policy reports as an attack.
z.config({ jitless: true });

/** What was found, as short text for a sentence. */
export function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `'${shortened(value)}'` : String(value);
}

/** Enough of a text to know it again. */
export function shortened(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text;
}

const LONGEST_QUOTE = 80;

/** A mapping with exactly these keys; a key too many gets a suggestion. */
export function strict<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') {
        return issue.input === undefined ? 'is missing' : `is ${found(issue.input)}; expected a mapping`;
      }
      const keys = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys : [];
      const word = String(keys[0] ?? '');
      const near = nearest(word, known);
      return near
        ? `unknown key '${word}'; did you mean '${near}'?`
        : `unknown key '${word}'; expected ${known.join(', ')}`;
    },
  });
}

export function choice<const T extends readonly [string, ...string[]]>(
  names: T,
): z.ZodEnum<z.core.util.ToEnum<T[number]>> {
  return z.enum(names, {
    error: (issue) => {
      const near = typeof issue.input === 'string' ? nearest(issue.input, names) : undefined;
      return `is ${found(issue.input)}; ${near ? `did you mean '${near}'?` : `expected one of ${names.join(', ')}`}`;
    },
  });
}

export function whole(min: number, max: number, what: string): z.ZodNumber {
  const error = (issue: { readonly input?: unknown }): string =>
    `is ${found(issue.input)}; expected ${what}, a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

export function matching(pattern: RegExp, expected: string): z.ZodString {
  const error = (issue: { readonly input?: unknown }): string => `is ${found(issue.input)}; expected ${expected}`;
  return z.string({ error }).regex(pattern, { error });
}

export function text(): z.ZodString {
  const error = (issue: { readonly input?: unknown }): string => `is ${found(issue.input)}; expected a text`;
  const hidden = (issue: { readonly input?: unknown }): string =>
    `has the control character ${codeOf(CONTROL.exec(String(issue.input))?.[0] ?? '')}; expected plain text`;
  return z
    .string({ error })
    .min(1, { error })
    .refine((value) => !CONTROL.test(value), { error: hidden });
}

/** All but tabs and line ends: what people read is printed to terminals, which take these as orders (ECMA-48). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

function codeOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function durationError(issue: { readonly input?: unknown }): string {
  const input = issue.input;
  if (/^\s*-/.test(String(input))) return `is ${found(input)}, which is negative; expected 0 or more, like 40ms`;
  if (Number.isFinite(input)) return `is ${input} without a unit; expected a time such as ${input}ms or ${input}s`;
  return `is ${found(input)}; expected a time such as 200us, 40ms, 1.5s or 2m`;
}

/** Nanoseconds are exact in a double for 104 days (`Nanos`). */
const LONGEST = 100 * 86_400 * SEC;

export const duration: z.ZodType<string | 0, string | 0> = z
  .union(
    [
      z
        .string()
        .regex(DURATION_PATTERN, { error: durationError })
        .refine((text) => parseDuration(text) <= LONGEST, {
          error: (issue) => `is ${found(issue.input)}; expected at most 100 days, the longest a run can be`,
        }),
      z.literal(0),
    ],
    { error: durationError },
  )
  .meta({ description: 'A time with a unit: 200us, 40ms, 1.5s, 2m; or 0.' });

/** A number that need not be whole. */
export function real(min: number, max: number, what: string): z.ZodNumber {
  const error = (issue: { readonly input?: unknown }): string =>
    `is ${found(issue.input)}; expected ${what}, a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** One of several forms; `expected` ends the sentence when it is none of them. */
export function either<const T extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(
  forms: T,
  expected: string,
): z.ZodUnion<T> {
  return z.union(forms, { error: (issue) => `is ${found(issue.input)}; expected ${expected}` });
}

/** One, or a list of up to `most`. */
export function oneOrMany<T extends z.ZodType>(item: T, most: number, what: string): z.ZodUnion<[T, z.ZodArray<T>]> {
  return either([item, listOf(item, most, what)], `${what}, or a list of them`);
}

export function listOf<T extends z.ZodType>(item: T, most: number, what: string): z.ZodArray<T> {
  return z
    .array(item, { error: (issue) => `is ${found(issue.input)}; expected a list of ${what}` })
    .max(most, { error: (issue) => `has ${sizeOf(issue.input)} entries; expected at most ${most}` });
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
