/** A call of an application: `accept(3, ..., ...) = 4`, `read(4, ..., 1000) = -1 EAGAIN (try again)`. */
import type { CallAction, Expr, Place } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';

export function parseCall(cursor: Cursor, place: Place, end: number | undefined): CallAction {
  const start = cursor.token.start;
  if (cursor.token.kind !== 'word') cursor.expected('the name of a call');
  const name = cursor.take().text;
  cursor.expectPunct('(', `after '${name}'`);
  const args: Expr[] = [];
  if (!cursor.takePunct(')')) {
    do args.push(parseExpression(cursor));
    while (cursor.takePunct(','));
    cursor.expectPunct(')', "or ',' after an argument");
  }
  cursor.expectPunct('=', 'and the result of the call');
  const result = parseExpression(cursor);
  let errno = '';
  // Any other word is no errno but an event whose time is missing.
  if (cursor.is('word') && /^E[A-Z0-9]+$/.test(cursor.token.text)) {
    errno = cursor.take().text;
    if (!cursor.isPunct('(')) cursor.expected(`a note such as '(Connection refused)' after '${errno}'`);
    skipNote(cursor);
  }
  // A note without an errno: `= 2 (flags O_RDWR)`.
  skipNote(cursor);
  return { kind: 'call', place, name, args, end, result, errno, text: cursor.written(start) };
}

/** A remark for people: words in parentheses. */
function skipNote(cursor: Cursor): void {
  if (!cursor.isPunct('(')) return;
  while (!cursor.isPunct(')')) {
    if (cursor.is('end')) cursor.expected("')' after the note");
    cursor.take();
  }
  cursor.take();
}
