/**
 * Runs code snippets such as `%{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd }%`. The original hands them to Python; this
 * is the part of it that scripts use: assertions, print, assignments, arithmetic, comparisons, and formatting with %.
 */
import { type CodeSource, type CodeToken, codeError } from './code-lexer.ts';
import { parseCode } from './code-parse.ts';
import type { CodeExpr, CodeValue, Statement } from './code-tree.ts';
import { binaryOperation, compareValues, formatValue, isTrue, roundHalfEven } from './code-values.ts';

export type { CodeSource, CodeValue };

export interface CodeScope {
  /** The value of a name that the snippet did not assign: `tcpi_*`, `TCP_CA_*` …; undefined: no such name. */
  readonly lookup: (name: string) => number | undefined;
  /** Names that snippets assigned; the snippets of a script share them. */
  readonly locals: Map<string, CodeValue>;
}

export type CodeResult =
  | { readonly ok: true; readonly printed: readonly string[] }
  | {
      readonly ok: false;
      readonly printed: readonly string[];
      /** Offset of the failed assertion in the snippet. */
      readonly at: number;
      /** `tcpi_snd_cwnd == 10`, as written. */
      readonly expression: string;
      /** `11 == 10`: the same with values in the place of names. */
      readonly filled: string;
      /** What stands behind the comma, '' = nothing. */
      readonly message: string;
    };

/**
 * Runs one snippet up to its end or its first failed assertion.
 *
 * @throws ScriptError when the code is no such code, names something unknown, or divides by zero.
 */
export function runCode(source: CodeSource, scope: CodeScope): CodeResult {
  const printed: string[] = [];
  const run = new Run(source, scope, printed);
  for (const { statement, tokens } of parseCode(source)) {
    if (run.execute(statement) || statement.kind !== 'assert') continue;
    const message = statement.message === undefined ? '' : formatValue(run.value(statement.message));
    const expression = textOf(tokens, (token) => token.text);
    const filled = textOf(tokens, (token) => run.shown(token));
    return { ok: false, printed, at: statement.at, expression, filled, message };
  }
  return { ok: true, printed };
}

const FUNCTIONS: readonly string[] = ['print', 'str', 'abs', 'int', 'float', 'round', 'min', 'max'];

class Run {
  readonly #source: CodeSource;
  readonly #scope: CodeScope;
  readonly #printed: string[];

  constructor(source: CodeSource, scope: CodeScope, printed: string[]) {
    this.#source = source;
    this.#scope = scope;
    this.#printed = printed;
  }

  /** `false` for an assertion that does not hold. */
  execute(statement: Statement): boolean {
    switch (statement.kind) {
      case 'assert':
        return isTrue(this.value(statement.test));
      case 'assign': {
        const { name, operator, at } = statement;
        const value = this.value(statement.value);
        const old = operator === '' ? undefined : this.#named(name, at);
        this.#scope.locals.set(name, old === undefined ? value : this.#operate(operator, old, value, at));
        return true;
      }
      case 'expression':
        this.value(statement.value);
        return true;
      case 'pass':
        return true;
      default:
        return statement satisfies never;
    }
  }

  value(expr: CodeExpr): CodeValue {
    switch (expr.kind) {
      case 'literal':
        return expr.value;
      case 'name':
        return this.#named(expr.name, expr.at);
      case 'unary': {
        const operand = this.value(expr.operand);
        if (expr.operator === 'not') return !isTrue(operand);
        if (expr.operator === '~') return this.#operate('-', -1, operand, expr.at);
        return this.#operate(expr.operator, 0, operand, expr.at);
      }
      case 'binary':
        return this.#operate(expr.operator, this.value(expr.left), this.value(expr.right), expr.at);
      case 'compare': {
        let left = this.value(expr.first);
        for (const { operator, right: side } of expr.rest) {
          const right = this.value(side);
          const holds = compareValues(operator, left, right);
          if (holds === undefined) this.#fail(expr.at, `'${operator}' does not compare a number with a string`);
          if (!holds) return false;
          left = right;
        }
        return true;
      }
      case 'logical': {
        const left = this.value(expr.left);
        return isTrue(left) === (expr.operator === 'and') ? this.value(expr.right) : left;
      }
      case 'tuple':
        return expr.items.map((item) => this.value(item));
      case 'call':
        return this.#call(expr.name, expr.args, expr.at);
      default:
        return expr satisfies never;
    }
  }

  /** A token of an assertion with its value in the place of a name. */
  shown(token: CodeToken): string {
    if (token.kind !== 'name') return token.text;
    const value = this.#scope.locals.get(token.text) ?? this.#scope.lookup(token.text);
    return value === undefined ? token.text : formatValue(value);
  }

  #named(name: string, at: number): CodeValue {
    const value = this.#scope.locals.get(name) ?? this.#scope.lookup(name);
    if (value === undefined) this.#fail(at, `expected a name that has a value, found '${name}'`);
    return value;
  }

  #operate(operator: string, left: CodeValue, right: CodeValue, at: number): CodeValue {
    const result = binaryOperation(operator, left, right);
    if (typeof result === 'object' && 'problem' in result) this.#fail(at, result.problem);
    return result;
  }

  #call(name: string, args: readonly CodeExpr[], at: number): CodeValue {
    const values = args.map((arg) => this.value(arg));
    if (name === 'print') {
      this.#printed.push(values.map(formatValue).join(' '));
      return 0;
    }
    if (name === 'str' && values.length === 1) return formatValue(values[0] ?? '');
    if (!FUNCTIONS.includes(name)) this.#fail(at, `expected ${FUNCTIONS.join(', ')}, found '${name}'`);
    const numbers = values.map(Number);
    const [first = Number.NaN] = numbers;
    if (numbers.some(Number.isNaN)) this.#fail(at, `expected numbers for '${name}'`);
    if (args.length > 0 && name === 'min') return Math.min(...numbers);
    if (args.length > 0 && name === 'max') return Math.max(...numbers);
    if (args.length === 1) {
      if (name === 'abs') return Math.abs(first);
      if (name === 'int') return Math.trunc(first);
      if (name === 'float') return first;
      if (name === 'round') return roundHalfEven(first);
    }
    this.#fail(at, `expected one argument for '${name}', found ${args.length}`);
  }

  #fail(at: number, what: string): never {
    codeError(this.#source, at, what);
  }
}

/** The tokens on one line, each shown by `show`. */
function textOf(tokens: readonly CodeToken[], show: (token: CodeToken) => string): string {
  let out = '';
  let end = tokens[0]?.start ?? 0;
  for (const token of tokens) {
    if (token.start > end && out !== '') out += ' ';
    out += show(token);
    end = token.end;
  }
  return out;
}
