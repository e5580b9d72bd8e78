/**
 * Script text to tokens. As in the original, line ends are mere white space, the longest match wins (a cookie such as
 * `3021b9d889017eeb` is one word, `0...0.2` is three tokens), and strings, commands and code run over lines.
 */
import { ScriptError } from './error.ts';
import type { Token, TokenKind } from './token.ts';

/** The tokens of `text`; the last one is of kind `end`. */
export function tokenize(text: string, file: string): Token[] {
  const lexer = new Lexer(text, file);
  const tokens: Token[] = [];
  do tokens.push(lexer.next());
  while (tokens[tokens.length - 1]?.kind !== 'end');
  return tokens;
}

class Lexer {
  readonly #text: string;
  readonly #file: string;
  #at = 0;
  #line = 1;
  /** Offset of the first character of the current line. */
  #lineStart = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  next(): Token {
    this.#skipBlanks();
    const text = this.#text;
    const start = this.#at;
    if (start >= text.length) return this.#token('end', start, '');
    const char = text[start] as string; // start is below the length
    switch (char) {
      case '"':
        return this.#quoted('string', '"');
      case '`':
        return this.#quoted('command', '`');
      case '%':
        if (text[start + 1] === '{') return this.#code();
        break;
      case '-': {
        const option = matchAt(OPTION, text, start);
        if (option !== '') return this.#token('option', start + option.length, option.slice(2));
        break;
      }
      case '.':
        if (text.startsWith('...', start)) return this.#token('ellipsis', start + 3, '...');
        break;
    }
    const word = matchAt(WORD, text, start);
    const behind = text[start + word.length];
    if (behind === ':' || (behind === '.' && word !== '')) {
      const address = matchAt(ADDRESS, text, start);
      // A sequence range such as 1:1001 never matches: without `::` all eight groups must be there.
      if (address !== '') return this.#token('address', start + address.length, address);
    }
    const number = matchAt(NUMBER, text, start);
    if (number.length >= word.length && number !== '')
      return this.#token(number.includes('.') ? 'float' : 'int', start + number.length, number);
    if (word !== '') return this.#token(HEX.test(word) ? 'hex' : 'word', start + word.length, word);
    return this.#token('punct', start + 1, char);
  }

  /** Past white space and comments of both kinds. */
  #skipBlanks(): void {
    const text = this.#text;
    for (;;) {
      const char = text[this.#at];
      if (char === ' ' || char === '\t' || char === '\n' || char === '\r') {
        this.#advance(this.#at + 1);
      } else if (char === '/' && text[this.#at + 1] === '/') {
        const end = text.indexOf('\n', this.#at);
        this.#advance(end < 0 ? text.length : end);
      } else if (char === '/' && text[this.#at + 1] === '*') {
        const end = text.indexOf('*/', this.#at + 2);
        if (end < 0) this.#unclosed("'*/'", 'the comment');
        this.#advance(end + 2);
      } else {
        return;
      }
    }
  }

  /** A backslash keeps the character behind it from closing. */
  #quoted(kind: 'string' | 'command', quote: string): Token {
    const text = this.#text;
    let end = this.#at + 1;
    while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) this.#unclosed(`'${quote}'`, kind === 'string' ? 'the string' : 'the command');
    return this.#token(kind, end + 1, text.slice(this.#at + 1, end));
  }

  #code(): Token {
    const end = this.#text.indexOf('}%', this.#at + 2);
    if (end < 0) this.#unclosed("'}%'", 'the code');
    return this.#token('code', end + 2, this.#text.slice(this.#at + 2, end));
  }

  #token(kind: TokenKind, end: number, text: string): Token {
    const start = this.#at;
    const token: Token = { kind, text, start, end, line: this.#line, column: start - this.#lineStart + 1 };
    this.#advance(end);
    return token;
  }

  /** Moves on, counting lines. */
  #advance(to: number): void {
    const text = this.#text;
    for (let i = this.#at; i < to; i++) {
      if (text.charCodeAt(i) === 10) {
        this.#line++;
        this.#lineStart = i + 1;
      }
    }
    this.#at = to;
  }

  #unclosed(what: string, of: string): never {
    const place = { line: this.#line, column: this.#at - this.#lineStart + 1 };
    throw new ScriptError(this.#file, place, `expected ${what} to close ${of}, found the end of the file`);
  }
}

/** What the sticky `pattern` matches at `at`, '' = nothing. */
function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

const OPTION = /--[A-Za-z0-9_]+/y;
const WORD = /[A-Za-z0-9_]+/y;
const NUMBER = /-?(?:[0-9]*\.[0-9]+|[0-9]+)/y;
const HEX = /^0x[0-9a-fA-F]+$/;
/** IPv4 in dotted form; IPv6 with `::` or all of its eight groups, the last two perhaps in dotted form. */
const ADDRESS =
  /[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::(?:(?:[0-9a-fA-F]{1,4}:){0,5}[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?)|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}/y;
