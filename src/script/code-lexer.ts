/** Code snippets to tokens: the part of Python that scripts use. Inside parentheses line ends are mere white space. */
import type { Place } from './ast.ts';
import { ScriptError } from './error.ts';
import { placeWithin } from './place.ts';

/** A snippet and where it stands. */
export interface CodeSource {
  readonly file: string;
  readonly place: Place;
  readonly text: string;
}

export interface CodeToken {
  /** `break` separates statements: the end of a line or a semicolon. */
  readonly kind: 'number' | 'string' | 'name' | 'operator' | 'break' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export function tokenizeCode(source: CodeSource): CodeToken[] {
  const { text } = source;
  const tokens: CodeToken[] = [];
  let open = 0;
  let at = 0;
  const add = (kind: CodeToken['kind'], length: number): void => {
    tokens.push({ kind, text: text.slice(at, at + length), start: at, end: at + length });
    at += length;
  };
  while (at < text.length) {
    const blank = matchAt(BLANK, text, at);
    if (blank !== '') {
      at += blank.length;
    } else if (text[at] === '\n' || text[at] === ';') {
      if (open > 0 && text[at] === '\n') at++;
      else add('break', 1);
    } else {
      const [kind, length] = tokenAt(text, at);
      if (kind === undefined) {
        const found = text[at] === '"' || text[at] === "'" ? 'a string without its end' : `'${text[at]}'`;
        codeError(source, at, `expected Python code, found ${found}`);
      }
      if (kind === 'operator') open = Math.max(0, open + nesting(text[at]));
      if (tokens.length >= MAX_TOKENS)
        codeError(source, at, `expected at most ${MAX_TOKENS} words of code, found more`);
      add(kind, length);
    }
  }
  tokens.push({ kind: 'end', text: '', start: at, end: at });
  return tokens;
}

/** Throws a ScriptError at `offset` of the snippet. */
export function codeError(source: CodeSource, offset: number, what: string): never {
  throw new ScriptError(source.file, placeWithin(source.place, source.text, offset), what);
}

function tokenAt(text: string, at: number): [CodeToken['kind'] | undefined, number] {
  for (const [kind, pattern] of PATTERNS) {
    const { length } = matchAt(pattern, text, at);
    if (length > 0) return [kind, length];
  }
  return [undefined, 0];
}

function nesting(char: string | undefined): number {
  return char === '(' || char === '[' ? 1 : char === ')' || char === ']' ? -1 : 0;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/** Bounds the depth of what is run; real snippets have dozens. */
const MAX_TOKENS = 2000;

/** White space in a line, a comment up to the line's end, and a backslash that joins lines. */
const BLANK = /[ \t\r]+|#[^\n]*|\\\r?\n/y;

const PATTERNS: readonly (readonly [CodeToken['kind'], RegExp])[] = [
  ['number', /0x[0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y],
  ['operator', /(?:\*\*|\/\/|<<|>>)=?|[-+*/%&|^<>=!]=|[-+*/%&|^~<>=(),:.[\]{}]/y],
];
