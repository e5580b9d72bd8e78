/** `$((15*1024*1024))`: whole numbers with + - * / % << >> and parentheses, as a POSIX shell counts. */

/** The value, or undefined when `text` is no such expression or has none. */
export function shellArithmetic(text: string): number | undefined {
  const tokens = text.match(/0x[0-9a-fA-F]+|[0-9]+|<<|>>|[-+*/%()]|\S/g) ?? [];
  if (tokens.length > MAX_TOKENS) return undefined;
  let at = 0;

  const level = (n: number): number => {
    const operators = LEVELS[n];
    if (operators === undefined) return primary();
    let left = level(n + 1);
    while (operators.includes(tokens[at] ?? '')) {
      const operator = tokens[at++] ?? '';
      left = operate(operator, left, level(n + 1));
    }
    return left;
  };
  const primary = (): number => {
    const token = tokens[at++] ?? '';
    if (token === '-') return -primary();
    if (token === '+') return primary();
    if (token !== '(') return /^(?:0x[0-9a-fA-F]+|[0-9]+)$/.test(token) ? Number(token) : Number.NaN;
    const value = level(0);
    return tokens[at++] === ')' ? value : Number.NaN;
  };

  const value = level(0);
  return at === tokens.length && Number.isSafeInteger(value) ? value : undefined;
}

function operate(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return Math.trunc(a / b);
    case '%':
      return a % b;
    case '<<':
      return a * 2 ** b;
    default:
      return Math.floor(a / 2 ** b);
  }
}

const LEVELS: readonly (readonly string[])[] = [
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Bounds the depth of nesting. */
const MAX_TOKENS = 200;
