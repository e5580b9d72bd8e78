/** What is wrong with a scenario file, and where. */
import { HalfopenError } from '../wire/error.ts';

export class ScenarioError extends HalfopenError {
  override readonly name = 'ScenarioError';
  readonly path: string;
  /** Both counted from 1; 0 when the place is not known. */
  readonly line: number;
  readonly column: number;

  constructor(path: string, line: number, column: number, what: string) {
    super(line > 0 ? `${path}:${line}:${column}: ${what}` : `${path}: ${what}`);
    this.path = path;
    this.line = line;
    this.column = column;
  }
}
