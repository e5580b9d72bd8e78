/**
 * A position in the tokens of a script, with what every part of the parser needs: symbols given by `--define` put in
 * their place, expectations, and errors that say where, what was expected and what was found.
 */
import type { Place } from './ast.ts';
import { ScriptError } from './error.ts';
import { tokenize } from './lexer.ts';
import { describeToken, type Token, type TokenKind } from './token.ts';

export class Cursor {
  readonly text: string;
  readonly file: string;
  /** The token at hand, symbols replaced. */
  token: Token;
  readonly #tokens: readonly Token[];
  readonly #defines: Map<string, string>;
  /** Symbols that options of the script do not override: those of the command line. */
  readonly #fixed: ReadonlyMap<string, string>;
  #index = 0;
  #depth = 0;

  constructor(text: string, file: string, defines: ReadonlyMap<string, string>) {
    this.text = text;
    this.file = file;
    this.#tokens = tokenize(text, file);
    this.#fixed = defines;
    this.#defines = new Map(defines);
    this.token = this.#at(0);
  }

  /** The place of the token at hand. */
  get place(): Place {
    return { line: this.token.line, column: this.token.column };
  }

  /** The token behind the one at hand. */
  get following(): Token {
    return this.#at(this.#index + 1);
  }

  /** The script from offset `start` to the last token taken, on one line. */
  written(start: number): string {
    const raw = this.text.slice(start, this.#tokens[this.#index - 1]?.end ?? start);
    return /[\t\r\n]| {2}/.test(raw) ? raw.replace(/\s+/g, ' ') : raw;
  }

  /** Takes the token at hand. The last one, the end of the file, stays. */
  take(): Token {
    const token = this.token;
    if (this.#index < this.#tokens.length - 1) this.#index++;
    this.token = this.#at(this.#index);
    return token;
  }

  /** From the next token on, `name` stands for `value`, quotes of a string or command included. */
  define(name: string, value: string): void {
    if (!this.#fixed.has(name)) this.#defines.set(name, value);
    this.token = this.#at(this.#index);
  }

  is(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  isPunct(char: string): boolean {
    return this.token.kind === 'punct' && this.token.text === char;
  }

  isWord(word: string): boolean {
    return this.token.kind === 'word' && this.token.text === word;
  }

  /** Takes the character if it is there. */
  takePunct(char: string): boolean {
    if (!this.isPunct(char)) return false;
    this.take();
    return true;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.take();
    return true;
  }

  expectPunct(char: string, where: string): void {
    if (!this.takePunct(char)) this.expected(`'${char}' ${where}`);
  }

  expectWord(word: string, where: string): void {
    if (!this.takeWord(word)) this.expected(`'${word}' ${where}`);
  }

  /** A decimal number from `min` to `max`; the original knows hexadecimal ones in calls and in tos only. */
  expectInteger(what: string, min: number, max: number): number {
    if (this.token.kind !== 'int') this.expected(what);
    const value = Number(this.token.text);
    if (!(value >= min && value <= max)) this.expected(`${what} from ${min} to ${max}`);
    this.take();
    return value;
  }

  /** Runs `parse` one level deeper, so that nesting without end is an error and no overflow of the stack. */
  nested<T>(parse: () => T): T {
    if (this.#depth === MAX_DEPTH) this.fail(`expected at most ${MAX_DEPTH} nested expressions, found more`);
    this.#depth++;
    const result = parse();
    this.#depth--;
    return result;
  }

  /** Throws: `what` was expected where the token at hand was found. */
  expected(what: string): never {
    this.fail(`expected ${what}, found ${describeToken(this.token)}`);
  }

  fail(what: string, place: Place = this.place): never {
    throw new ScriptError(this.file, place, what);
  }

  #at(index: number): Token {
    // The end of the file is the last token; a script has at least that one.
    const token = (this.#tokens[index] ?? this.#tokens.at(-1)) as Token;
    const value = token.kind === 'word' ? this.#defines.get(token.text) : undefined;
    return value === undefined ? token : substituted(token, value);
  }
}

/** The symbol `token` read as its value: a string, a command, a number in any base of C, or another word. */
function substituted(token: Token, value: string): Token {
  const quote = value[0];
  if (quote === '"' || quote === '`')
    return { ...token, kind: quote === '"' ? 'string' : 'command', text: value.slice(1, -1) };
  if (/^-?0x[0-9a-f]+$/i.test(value)) return { ...token, kind: 'int', text: `${Number(value)}` };
  // A leading zero means octal (strtol with base 0).
  if (/^-?0[0-7]+$/.test(value)) return { ...token, kind: 'int', text: `${Number.parseInt(value, 8)}` };
  return { ...token, kind: /^-?[0-9]+$/.test(value) ? 'int' : 'word', text: value };
}

/** Real scripts stay below ten. */
const MAX_DEPTH = 64;
