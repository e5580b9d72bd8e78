/**
 * Shell text to simple commands: words with their quotes taken off, where the output goes, and how each command hangs
 * on the one before. No control structures and no substitutions but arithmetic: scripts set things, they do not compute.
 */
import type { Place } from './ast.ts';
import { ScriptError } from './error.ts';
import { placeWithin } from './place.ts';
import { shellArithmetic } from './shell-arithmetic.ts';

export interface ShellWord {
  readonly place: Place;
  readonly text: string;
}

export interface ShellCommand {
  /** What joins it to the command before it; ';' also for a new line and for the first. */
  readonly joined: ';' | '&&' | '||' | '|';
  readonly words: readonly ShellWord[];
  /** Files that `>` and `>>` name. */
  readonly outputs: readonly ShellWord[];
}

/** A text of the shell and where it begins. */
export interface ShellSource {
  readonly file: string;
  readonly place: Place;
  readonly text: string;
}

export function parseShell(source: ShellSource): ShellCommand[] {
  return new ShellReader(source).read();
}

/** More than any script needs. Places of words are counted from the beginning, so time grows with the square. */
const MOST_COMMANDS = 1000;

class ShellReader {
  readonly #source: ShellSource;
  readonly #text: string;
  #at = 0;
  #commands: ShellCommand[] = [];
  #words: ShellWord[] = [];
  #outputs: ShellWord[] = [];
  #joined: ShellCommand['joined'] = ';';

  constructor(source: ShellSource) {
    this.#source = source;
    this.#text = source.text;
  }

  read(): ShellCommand[] {
    const text = this.#text;
    while (this.#at < text.length) {
      const blank = this.#match(BLANK);
      const redirect = this.#match(REDIRECT);
      const operator = blank === '' && redirect === '' ? this.#match(OPERATOR) : '';
      if (blank !== '') this.#at += blank.length;
      else if (redirect !== '') this.#redirect(redirect);
      else if (operator !== '') this.#join(operator);
      else this.#words.push(this.#word());
    }
    this.#finish();
    if (this.#joined !== ';')
      this.#fail(this.#at, `expected a command after '${this.#joined}', found the end of the command`);
    return this.#commands;
  }

  #join(operator: string): void {
    const joined = operator === '\n' ? ';' : operator;
    if (joined !== ';' && joined !== '&&' && joined !== '||' && joined !== '|')
      this.#fail(this.#at, `expected simple commands, found '${operator}'`);
    // A line may end behind an operator that waits for its right side.
    if (this.#words.length > 0) this.#finish(joined);
    else if (operator !== '\n') this.#fail(this.#at, `expected a command before '${operator}'`);
    this.#at += operator.length;
  }

  #finish(next: ShellCommand['joined'] = ';'): void {
    if (this.#words.length === 0) return;
    if (this.#commands.length === MOST_COMMANDS)
      this.#fail(this.#at, `expected at most ${MOST_COMMANDS} commands between two quotes, found more`);
    this.#commands.push({ joined: this.#joined, words: this.#words, outputs: this.#outputs });
    this.#words = [];
    this.#outputs = [];
    this.#joined = next;
  }

  /** `> file`, `2> file`, `&> file`; `2>&1` names none. */
  #redirect(operator: string): void {
    this.#at += operator.length;
    if (operator.endsWith('&1') || operator.endsWith('&2')) return;
    this.#at += this.#match(BLANK).length;
    if (this.#at >= this.#text.length || this.#match(OPERATOR) !== '')
      this.#fail(this.#at, `expected a file after '${operator}'`);
    const word = this.#word();
    if (operator.startsWith('>') || operator.startsWith('1>')) this.#outputs.push(word);
  }

  #word(): ShellWord {
    const start = this.#at;
    let word = '';
    while (this.#at < this.#text.length && this.#match(WORD_END) === '') {
      const char = this.#text[this.#at];
      if (char === "'") word += this.#single();
      else if (char === '"') word += this.#double();
      else if (char === '$') word += this.#dollar();
      else if (char === '\\') {
        // A backslash at the end of a line takes the line end with it.
        const next = this.#text[this.#at + 1] ?? '';
        if (next !== '\n') word += next;
        this.#at += 2;
      } else {
        word += char;
        this.#at++;
      }
    }
    return { place: this.#place(start), text: word };
  }

  #single(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) this.#fail(this.#at, "expected a second ' to close the first, found the end of the command");
    const inside = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return inside;
  }

  #double(): string {
    const open = this.#at++;
    let inside = '';
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) this.#fail(open, 'expected a second " to close the first, found the end of the command');
      if (char === '"') break;
      if (char === '$') {
        inside += this.#dollar();
        continue;
      }
      const escaped = char === '\\' && '\\"$`'.includes(this.#text[this.#at + 1] ?? ' ');
      inside += escaped ? this.#text[this.#at + 1] : char;
      this.#at += escaped ? 2 : 1;
    }
    this.#at++;
    return inside;
  }

  /** `$((…))` is counted; variables stay as they are, for nothing here depends on them. */
  #dollar(): string {
    const start = this.#at;
    if (!this.#text.startsWith('$((', start)) {
      if (this.#text[start + 1] === '(') this.#fail(start, "expected a value, found a command in '$(…)'");
      this.#at++;
      return '$';
    }
    const end = this.#text.indexOf('))', start);
    const value = end < 0 ? undefined : shellArithmetic(this.#text.slice(start + 3, end));
    if (value === undefined) this.#fail(start, "expected whole numbers and operators between '$((' and '))'");
    this.#at = end + 2;
    return `${value}`;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? '';
  }

  #place(offset: number): Place {
    return placeWithin(this.#source.place, this.#text, offset);
  }

  #fail(offset: number, what: string): never {
    throw new ScriptError(this.#source.file, this.#place(offset), what);
  }
}

/** Also a comment, where a word could begin, and a backslash that joins lines. */
const BLANK = /(?:[ \t\r]|\\\r?\n)+|#[^\n]*/y;
const REDIRECT = /&>>?|[0-9]?>&[12]|[0-9]?>>?|<(?!<)/y;
const OPERATOR = /&&|\|\||<<|[\n;|&()]/y;
const WORD_END = /[ \t\r\n;|&<>()]/y;
