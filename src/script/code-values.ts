/** Arithmetic, comparison and text of the values in code snippets, with Python's rules where they differ from ours. */
import type { CodeValue } from './code-tree.ts';

/** A result, or why there is none. */
type Outcome = CodeValue | { readonly problem: string };

/** Python 3's round(): halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

export function isTrue(value: CodeValue): boolean {
  return typeof value === 'object' ? value.length > 0 : value !== 0 && value !== '' && value !== false;
}

/** As `print` shows it. */
export function formatValue(value: CodeValue): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return String(value);
  const items = value.map((item) => (typeof item === 'string' ? `'${item}'` : formatValue(item)));
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
}

/** `undefined` when the two have no order. */
export function compareValues(operator: string, left: CodeValue, right: CodeValue): boolean | undefined {
  // True is 1, False is 0.
  const a = typeof left === 'boolean' ? Number(left) : left;
  const b = typeof right === 'boolean' ? Number(right) : right;
  if (operator === '==' || operator === '!=') {
    const same = typeof a === 'object' || typeof b === 'object' ? formatValue(a) === formatValue(b) : a === b;
    return same === (operator === '==');
  }
  if (typeof a === 'object' || typeof a !== typeof b) return undefined;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  if (operator === '>') return a > b;
  return a >= b;
}

export function binaryOperation(operator: string, left: CodeValue, right: CodeValue): Outcome {
  if (typeof left === 'string') {
    if (operator === '%') return formatString(left, typeof right === 'object' ? right : [right]);
    if (operator === '+' && typeof right === 'string') return bounded(left + right);
    return { problem: `expected '%' or '+' and a string behind a string, found '${operator}'` };
  }
  if (typeof left === 'object' || typeof right === 'object' || typeof right === 'string')
    return { problem: `expected numbers on both sides of '${operator}'` };
  return calculate(operator, Number(left), Number(right));
}

function calculate(operator: string, a: number, b: number): Outcome {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '**':
      return a ** b;
    case '/':
    case '//':
    case '%':
      if (b === 0) return { problem: `expected a divisor behind '${operator}', found 0` };
      if (operator === '/') return a / b;
      // Floored, so that the remainder has the sign of the divisor.
      return operator === '//' ? Math.floor(a / b) : a - b * Math.floor(a / b);
    default:
      return calculateBits(operator, a, b);
  }
}

/** With BigInt: the values of a u64 are wider than the 32 bits of our own operators. */
function calculateBits(operator: string, a: number, b: number): Outcome {
  if (!Number.isInteger(a) || !Number.isInteger(b)) return { problem: `expected whole numbers around '${operator}'` };
  const x = BigInt(a);
  const y = BigInt(b);
  if (operator === '&') return Number(x & y);
  if (operator === '|') return Number(x | y);
  if (operator === '^') return Number(x ^ y);
  if (b < 0 || b > 63) return { problem: `expected a shift of 0 to 63 bits, found ${b}` };
  return Number(operator === '<<' ? x << y : x >> y);
}

/** Doubling a text a few dozen times would exhaust the memory. */
function bounded(text: string): Outcome {
  return text.length <= MOST_CHARACTERS
    ? text
    : { problem: `expected a text of at most ${MOST_CHARACTERS} characters, found ${text.length}` };
}

const MOST_CHARACTERS = 10_000;

/** `'rtt=%d us' % 12`. */
function formatString(format: string, values: readonly CodeValue[]): Outcome {
  let used = 0;
  let problem = '';
  const text = format.replace(
    /%(-?)(0?)([0-9]{0,2})(?:\.([0-9]{1,2}))?([\s\S])/g,
    (_, left, zero, width, precision, kind) => {
      if (kind === '%') return '%';
      const value = values[used++];
      const shown = value === undefined ? undefined : formatOne(kind, value, precision);
      if (shown === undefined) problem = `expected a value for '%${kind}' in the format`;
      const wide = Number(width);
      return left === '-' ? (shown ?? '').padEnd(wide) : (shown ?? '').padStart(wide, zero || ' ');
    },
  );
  if (problem !== '') return { problem };
  return used < values.length ? { problem: 'expected a place in the format for every value' } : bounded(text);
}

function formatOne(kind: string, value: CodeValue, precision: string | undefined): string | undefined {
  if (kind === 's' || kind === 'r') return formatValue(value);
  const number = typeof value === 'number' || typeof value === 'boolean' ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) return undefined;
  if (kind === 'd' || kind === 'i' || kind === 'u') return String(Math.trunc(number));
  if (kind === 'x' || kind === 'X') {
    const hex = Math.trunc(number).toString(16);
    return kind === 'x' ? hex : hex.toUpperCase();
  }
  return kind === 'f' ? number.toFixed(precision === undefined ? 6 : Number(precision)) : undefined;
}
