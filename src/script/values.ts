/** Arguments and results of calls as numbers, words and lists. */
import type { Expr, Member, Place } from './ast.ts';
import { ScriptError } from './error.ts';
import { SYMBOLS } from './symbols.ts';

/** What a call needs to complain about one of its arguments. */
export interface Where {
  readonly file: string;
  readonly place: Place;
}

/** The number an expression stands for: an integer, a known symbol, or several joined by `|`. */
export function numberOf(expr: Expr, file: string): number {
  switch (expr.kind) {
    case 'int':
      return expr.value;
    case 'word': {
      const value = SYMBOLS.get(expr.word);
      if (value === undefined)
        throw new ScriptError(file, expr.place, `expected a number, found unknown '${expr.word}'`);
      return value;
    }
    case 'or':
      // Not `|`: EPOLLET is bit 31.
      return Number(BigInt(numberOf(expr.left, file)) | BigInt(numberOf(expr.right, file)));
    case 'assign':
      return numberOf(expr.right, file);
    default:
      throw new ScriptError(file, expr.place, `expected a number, found ${describe(expr)}`);
  }
}

/** More in one call than any script needs: a slip of the pen must not exhaust the memory. */
const MOST_BYTES = 2 ** 26;

/** A number of bytes that a call moves, beside the `others` it moves as well. */
export function byteCount(expr: Expr, file: string, others = 0): number {
  const n = numberOf(expr, file);
  if (n >= 0 && n + others <= MOST_BYTES) return n;
  throw new ScriptError(file, expr.place, `expected a number of bytes from 0 to ${MOST_BYTES - others}, found ${n}`);
}

/** The words joined by `|`; an integer stands for the MSG_ flags of its bits. */
export function flagsOf(expr: Expr): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (e: Expr): void => {
    if (e.kind === 'or') {
      walk(e.left);
      walk(e.right);
    } else if (e.kind === 'word') found.add(e.word);
    else if (e.kind === 'int')
      for (const [name, bit] of SYMBOLS) if (name.startsWith('MSG_') && (e.value & bit) !== 0) found.add(name);
  };
  walk(expr);
  return found;
}

export function wordOf(expr: Expr, file: string): string {
  if (expr.kind !== 'word') throw new ScriptError(file, expr.place, `expected a name, found ${describe(expr)}`);
  return expr.word;
}

/** The members of `[…]`. */
export function itemsOf(expr: Expr, file: string): readonly Expr[] {
  if (expr.kind !== 'list') throw new ScriptError(file, expr.place, `expected a list in [], found ${describe(expr)}`);
  return expr.items;
}

export function membersOf(expr: Expr, file: string): readonly Member[] {
  if (expr.kind !== 'struct') throw new ScriptError(file, expr.place, `expected { … }, found ${describe(expr)}`);
  return expr.members;
}

export function memberOf(members: readonly Member[], name: string): Expr | undefined {
  return members.find((member) => member.name === name)?.value;
}

/** The member `name` of `{ … }`, which must be there. */
export function memberIn(expr: Expr, name: string, file: string): Expr {
  const found = memberOf(membersOf(expr, file), name);
  if (found === undefined) throw new ScriptError(file, expr.place, `expected a member '${name}' in { … }, found none`);
  return found;
}

/** The argument at `index`, which must be there. */
export function argument(args: readonly Expr[], index: number, call: string, where: Where): Expr {
  const arg = args[index];
  if (arg === undefined) {
    throw new ScriptError(
      where.file,
      where.place,
      `${call}: expected at least ${index + 1} arguments, found ${args.length}`,
    );
  }
  return arg;
}

export function describe(expr: Expr): string {
  switch (expr.kind) {
    case 'ellipsis':
      return "'...'";
    case 'int':
      return `'${expr.value}'`;
    case 'word':
      return `'${expr.word}'`;
    case 'string':
      return `"${expr.value}"`;
    case 'list':
      return 'a list';
    case 'struct':
      return '{ … }';
    default:
      return 'an expression';
  }
}
