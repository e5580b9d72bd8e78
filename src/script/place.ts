/** Places inside a text that begins at a place of its own: a snippet of code, the lines of a command. */
import type { Place } from './ast.ts';

/** Where the character at `offset` of `text` stands, if `text` begins at `start`. */
export function placeWithin(start: Place, text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  if (lineStart === 0) return { line: start.line, column: start.column + offset };
  return { line: start.line + before.split('\n').length - 1, column: offset - lineStart + 1 };
}
