/**
 * One point of a grid: the scenario's file with some values set, as `--set` does, before it is checked. So whatever a file
 * can say can be varied, and a bad value is found by the scenario's own checks.
 */
import { parse } from 'yaml';
import type { FloodScenario } from '../sim/flood-model.ts';
import { HalfopenError } from '../wire/error.ts';
import { parseFloodScenario } from './parse.ts';
import { type SetValue, setValues } from './set-value.ts';
import { type GridText, pointSets } from './sweep-grid.ts';
import { readYaml } from './yaml-text.ts';

/** A scenario's file, read once for all points. */
export interface BaseScenario {
  readonly text: string;
  readonly path: string;
}

/** What the point sets, in the notation of scenario files. */
export function pointValues(grid: GridText['grid'], point: number): SetValue[] {
  return pointSets(grid, point).map(({ path, value }) => ({ key: path, value: valueText(value) }));
}

/**
 * The point's scenario. What is wrong with it is told at the grid's line, with the setting and its value; or at the
 * scenario's own line when it is wrong without the grid.
 */
export function pointScenario({ grid, refuse }: GridText, base: BaseScenario, point: number): FloodScenario {
  const values = pointValues(grid, point);
  const fault = attempt(base, values);
  if (typeof fault !== 'string') return fault;
  // A grid varies a scenario that is one.
  parseFloodScenario(base.text, base.path);
  // Blame the one setting that is enough to bring the fault about; else it is their combination.
  const alone = values.find((value) => attempt(base, [value]) === fault);
  const first = alone ?? values[0];
  const axis = grid.axes.find(({ paths }) => paths.includes(first?.key ?? ''));
  const column = axis?.paths.indexOf(first?.key ?? '') ?? 0;
  const step = axis?.steps.findIndex((row) => valueText(row[column]) === first?.value) ?? 0;
  const setting = whereOf(grid, first?.key ?? '');
  const guilty = alone === undefined ? values : [alone];
  // What was set is named by the scenario's own sentence, unless the fault shows elsewhere.
  const named = fault.startsWith('--set ') ? '' : `${guilty.map(({ key, value }) => `${key}=${value}`).join(', ')}: `;
  return refuse(alone === undefined ? setting : [...setting, step], `${named}${fault.replace(/^--set /, '')}`, true);
}

/** Two paths that lead to the same place would make its value depend on their order: `floods.rate` and `floods.0.rate`. */
export function checkPlaces({ grid, refuse }: GridText, base: BaseScenario): void {
  const values = pointValues(grid, 0);
  const { value } = readYaml(base.text, base.path, 'this is not a scenario: expected a mapping');
  const places = setValues(value, values).places.map((place) => `${place.join('.')}.`);
  for (const [index, place] of places.entries()) {
    const other = places.findIndex((before, i) => i < index && (place.startsWith(before) || before.startsWith(place)));
    if (other >= 0)
      refuse(whereOf(grid, values[index]?.key ?? ''), `varies what '${values[other]?.key}' varies already`);
  }
}

function whereOf(grid: GridText['grid'], path: string): (string | number)[] {
  const where = grid.axes.find(({ paths }) => paths.includes(path))?.where ?? [];
  return where[0] === 'together' ? [...where, path] : [...where];
}

/** The scenario so changed, or what is wrong with it. */
function attempt(base: BaseScenario, values: readonly SetValue[]): FloodScenario | string {
  try {
    return parseFloodScenario(base.text, base.path, values);
  } catch (error) {
    if (!(error instanceof HalfopenError)) throw error;
    // What was set has no line in the file; the file's name alone would only be in the way.
    return error.message.startsWith(`${base.path}: `) ? error.message.slice(base.path.length + 2) : error.message;
  }
}

/** A text as it is where YAML reads it as that text; all else as JSON, which is YAML. */
function valueText(value: unknown): string {
  if (typeof value === 'string' && BARE.test(value) && parse(value) === value) return value;
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  return JSON.stringify(value) ?? 'null';
}

const BARE = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;
