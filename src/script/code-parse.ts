/** Code snippets to statements, with Python's precedence (Language Reference 6.17). No blocks: no script needs them. */
import { type CodeSource, type CodeToken, codeError, tokenizeCode } from './code-lexer.ts';
import type { CodeExpr, Statement } from './code-tree.ts';

/** A statement and the tokens of what it asserts, for messages. */
export interface ParsedStatement {
  readonly statement: Statement;
  /** The tokens of an assertion's test. */
  readonly tokens: readonly CodeToken[];
}

export function parseCode(source: CodeSource): ParsedStatement[] {
  const parser = new CodeParser(source);
  const statements: ParsedStatement[] = [];
  for (;;) {
    while (parser.token.kind === 'break') parser.take();
    if (parser.token.kind === 'end') return statements;
    statements.push(parser.statement());
    if (!parser.atEnd) parser.expected("an operator, ';' or the end of the line");
  }
}

class CodeParser {
  token: CodeToken;
  readonly #source: CodeSource;
  readonly #tokens: readonly CodeToken[];
  #index = 0;
  #depth = 0;

  constructor(source: CodeSource) {
    this.#source = source;
    this.#tokens = tokenizeCode(source);
    this.token = this.#tokens[0] as CodeToken; // there is always the token of the end
  }

  get atEnd(): boolean {
    return this.token.kind === 'break' || this.token.kind === 'end';
  }

  take(): CodeToken {
    const token = this.token;
    this.token = this.#tokens[++this.#index] ?? token;
    return token;
  }

  expected(what: string): never {
    const { kind, text, start } = this.token;
    const found =
      kind === 'end' ? 'the end of the code' : kind === 'break' && text === '\n' ? 'a new line' : `'${text}'`;
    codeError(this.#source, start, `expected ${what}, found ${found}`);
  }

  statement(): ParsedStatement {
    const { kind, text, start: at } = this.token;
    if (kind === 'name' && BLOCKS.includes(text))
      this.expected('a statement on one line: code in blocks is not supported');
    if (this.#takeName('pass')) return { statement: { kind: 'pass', at }, tokens: [] };
    if (this.#takeName('assert')) {
      const first = this.#index;
      const test = this.#expression();
      const tokens = this.#tokens.slice(first, this.#index);
      const message = this.#takeOperator(',') ? this.#expression() : undefined;
      return { statement: { kind: 'assert', at, test, message }, tokens };
    }
    const next = this.#tokens[this.#index + 1];
    if (kind === 'name' && next?.kind === 'operator' && ASSIGNMENT.test(next.text)) {
      this.take();
      const operator = this.take().text.slice(0, -1);
      return { statement: { kind: 'assign', at, name: text, operator, value: this.#expression() }, tokens: [] };
    }
    return { statement: { kind: 'expression', at, value: this.#expression() }, tokens: [] };
  }

  #expression(): CodeExpr {
    return this.#nested(() => this.#binary(0));
  }

  /** Binary operators of level `level` of LEVELS and above. */
  #binary(level: number): CodeExpr {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    if (operators[0] === 'not') return this.#not(level);
    if (operators[0] === '==') return this.#comparison(level, operators);
    let left = this.#binary(level + 1);
    for (;;) {
      const { text: operator, start: at, kind } = this.token;
      if ((kind !== 'operator' && kind !== 'name') || !operators.includes(operator)) return left;
      this.take();
      const right = this.#binary(level + 1);
      if (operator === 'and' || operator === 'or') left = { kind: 'logical', at, operator, left, right };
      else left = { kind: 'binary', at, operator, left, right };
    }
  }

  #not(level: number): CodeExpr {
    const at = this.token.start;
    if (!this.#takeName('not')) return this.#binary(level + 1);
    return { kind: 'unary', at, operator: 'not', operand: this.#nested(() => this.#not(level)) };
  }

  #comparison(level: number, operators: readonly string[]): CodeExpr {
    const first = this.#binary(level + 1);
    const rest: { operator: string; right: CodeExpr }[] = [];
    while (this.token.kind === 'operator' && operators.includes(this.token.text)) {
      const operator = this.take().text;
      rest.push({ operator, right: this.#binary(level + 1) });
    }
    return rest.length === 0 ? first : { kind: 'compare', at: first.at, first, rest };
  }

  #unary(): CodeExpr {
    const { kind, text: operator, start: at } = this.token;
    if (kind === 'operator' && (operator === '-' || operator === '+' || operator === '~')) {
      this.take();
      return { kind: 'unary', at, operator, operand: this.#nested(() => this.#unary()) };
    }
    const base = this.#primary();
    const power = this.token.start;
    if (!this.#takeOperator('**')) return base;
    return { kind: 'binary', at: power, operator: '**', left: base, right: this.#nested(() => this.#unary()) };
  }

  #primary(): CodeExpr {
    const { kind, text, start: at } = this.token;
    switch (kind) {
      case 'number':
        this.take();
        return { kind: 'literal', at, value: Number(text) };
      case 'string':
        return { kind: 'literal', at, value: this.#strings() };
      case 'name':
        if (KEYWORDS.includes(text)) break;
        this.take();
        if (text === 'True' || text === 'False') return { kind: 'literal', at, value: text === 'True' };
        return this.#takeOperator('(')
          ? { kind: 'call', at, name: text, args: this.#items() }
          : { kind: 'name', at, name: text };
      case 'operator':
        if (text === '(') return this.#parenthesis(at);
        break;
    }
    this.expected('a value');
  }

  #strings(): string {
    let value = '';
    while (this.token.kind === 'string')
      value += this.take()
        .text.slice(1, -1)
        .replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char === 't' ? '\t' : char));
    return value;
  }

  /** What stands in parentheses: a value, or a tuple with its commas. */
  #parenthesis(at: number): CodeExpr {
    this.take();
    const first = this.#index;
    const items = this.#items();
    const only = items[0];
    const comma = this.#tokens[this.#index - 2]?.text === ',' && this.#index - 2 >= first;
    return items.length === 1 && only !== undefined && !comma ? only : { kind: 'tuple', at, items };
  }

  /** Values up to the closing parenthesis, a comma after the last one allowed. */
  #items(): CodeExpr[] {
    const items: CodeExpr[] = [];
    while (!this.#takeOperator(')')) {
      items.push(this.#expression());
      if (this.#takeOperator(',')) continue;
      if (!this.#takeOperator(')')) this.expected("')' or ','");
      break;
    }
    return items;
  }

  #takeOperator(text: string): boolean {
    return this.#takeToken('operator', text);
  }

  #takeName(text: string): boolean {
    return this.#takeToken('name', text);
  }

  #takeToken(kind: CodeToken['kind'], text: string): boolean {
    if (this.token.kind !== kind || this.token.text !== text) return false;
    this.take();
    return true;
  }

  #nested(parse: () => CodeExpr): CodeExpr {
    if (this.#depth === MAX_DEPTH) this.expected(`at most ${MAX_DEPTH} nested expressions`);
    this.#depth++;
    const result = parse();
    this.#depth--;
    return result;
  }
}

/** Binary operators from the loosest level to the tightest; `**` binds tighter still. */
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['not'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];

const ASSIGNMENT = /^(?:[-+*/%&|^]|\*\*|\/\/|<<|>>)?=$/;

const BLOCKS: readonly string[] = [
  'if',
  'else',
  'elif',
  'for',
  'while',
  'def',
  'class',
  'import',
  'from',
  'try',
  'with',
];

const KEYWORDS: readonly string[] = [...BLOCKS, 'and', 'or', 'not', 'assert', 'pass', 'in', 'is', 'lambda'];

const MAX_DEPTH = 64;
