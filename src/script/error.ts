/** What is wrong with a script, and where. */
import { HalfopenError } from '../wire/error.ts';
import type { Place } from './ast.ts';

export class ScriptError extends HalfopenError {
  override readonly name = 'ScriptError';
  readonly file: string;
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;

  /** `what` is one sentence: what was expected and what was found. */
  constructor(file: string, place: Place, what: string) {
    super(`${file}:${place.line}:${place.column}: ${what}`);
    this.file = file;
    this.line = place.line;
    this.column = place.column;
  }
}
