/**
 * A grid file: which settings of one scenario to vary, how often to run each point, and what to measure. Mistakes are told
 * as `file:line:column: what was expected`; whether each point is a good scenario is checked in `sweep-point.ts`.
 */
import { z } from 'zod';
import { ScenarioError } from './error.ts';
import { choice, found, shapeIssues, strict, text, whole } from './shape.ts';
import { readYaml } from './yaml-text.ts';

export interface SweepGrid {
  /** A shipped scenario's name, or a file beside the grid. */
  readonly scenario: string;
  /** Their product, the first varying slowest, is the grid. */
  readonly axes: readonly SweepAxis[];
  /** Runs of each point, each with a seed of its own. */
  readonly replicas: number;
  readonly seed: number;
  readonly measures: readonly SweepMeasure[];
  /** Of the intervals: 0.95 is 95 %. */
  readonly confidence: number;
}

/** Settings that move together, one step after the other. */
export interface SweepAxis {
  readonly paths: readonly string[];
  /** For each step one value per path. */
  readonly steps: readonly (readonly unknown[])[];
  /** Where it stands in the file, for sentences about it. */
  readonly where: readonly (string | number)[];
}

/** A number of the report, or with a comparison the question in how many of the runs it held. */
export interface SweepMeasure {
  readonly label: string;
  readonly name: string;
  readonly compare: Comparison | '';
  readonly than: number;
}

export type Comparison = '>=' | '<=' | '>' | '<' | '=';

/** A value for a setting of the scenario. */
export interface SweepSet {
  readonly path: string;
  readonly value: unknown;
}

/** A checked grid, and a way to refuse a part of its file. */
export interface GridText {
  readonly grid: SweepGrid;
  readonly refuse: (where: readonly (string | number)[], message: string, key?: boolean) => never;
}

/** Throws `ScenarioError` at the first thing that is wrong; `path` is the file's name in messages. */
export function parseGrid(source: string, path: string): GridText {
  const { value, refuse } = readYaml(
    source,
    path,
    'this is not a grid: expected a mapping with scenario, vary and measure',
  );
  const shape = gridSchema.safeParse(value);
  if (!shape.success) {
    const issue = shapeIssues(shape.error)[0];
    if (issue) refuse(issue.path, issue.message, issue.key);
    throw new ScenarioError(path, 0, 0, 'is not a grid');
  }
  const file = shape.data;
  const axes: SweepAxis[] = [];
  for (const [name, values] of Object.entries(file.vary)) {
    const where = ['vary', name];
    axes.push({ paths: [name], steps: stepsOf(values, where, refuse).map((step) => [step]), where });
  }
  for (const [index, group] of file.together.entries()) {
    const where = ['together', index];
    const columns = Object.entries(group).map(([name, values]) => stepsOf(values, [...where, name], refuse));
    const length = columns[0]?.length ?? 0;
    const odd = columns.findIndex((column) => column.length !== length);
    const paths = Object.keys(group);
    if (odd > 0)
      refuse(
        [...where, paths[odd] ?? ''],
        `has ${columns[odd]?.length} values and ${paths[0]} has ${length}; expected as many`,
      );
    axes.push({
      paths,
      steps: Array.from({ length }, (_, step) => columns.map((column) => column[step])),
      where,
    });
  }
  checkPaths(axes, refuse);
  const points = axes.reduce((product, axis) => product * axis.steps.length, 1);
  if (points * file.replicas > MOST_RUNS)
    refuse(
      ['vary'],
      `makes ${points} points with ${file.replicas} replicas; expected at most ${MOST_RUNS} runs in all`,
    );
  const measures = file.measure.map((entry, index) => measureFrom(entry, index, refuse));
  return {
    grid: {
      scenario: file.scenario,
      axes,
      replicas: file.replicas,
      seed: file.seed,
      measures,
      confidence: file.confidence,
    },
    refuse,
  };
}

export function pointCount(grid: SweepGrid): number {
  return grid.axes.reduce((product, axis) => product * axis.steps.length, 1);
}

/** What a point sets: its index counts through the axes as digits of a number, the first axis highest. */
export function pointSets(grid: SweepGrid, point: number): SweepSet[] {
  const sets: SweepSet[] = [];
  let rest = point;
  for (const axis of grid.axes.toReversed()) {
    const step = axis.steps[rest % axis.steps.length] ?? [];
    rest = Math.floor(rest / axis.steps.length);
    sets.unshift(...axis.paths.map((path, column) => ({ path, value: step[column] })));
  }
  return sets;
}

/** The names of the settings, in the order in which `pointSets` gives them. */
export function gridParameters(grid: SweepGrid): string[] {
  return grid.axes.flatMap((axis) => axis.paths);
}

type Refuse = GridText['refuse'];

function stepsOf(values: Values, where: readonly (string | number)[], refuse: Refuse): unknown[] {
  const steps = Array.isArray(values) ? values : rangeOf(values as Range, where, refuse);
  const seen = new Set<string>();
  for (const [index, step] of steps.entries()) {
    const key = JSON.stringify(step);
    if (seen.has(key)) refuse(Array.isArray(values) ? [...where, index] : where, `has the value ${key} twice`);
    seen.add(key);
  }
  return steps;
}

function rangeOf(range: Range, where: readonly (string | number)[], refuse: Refuse): (string | number)[] {
  const from = quantity(range.from);
  const to = quantity(range.to);
  const unit = from.value === 0 ? to.unit : from.unit;
  if (to.unit !== unit && to.value !== 0)
    refuse(
      [...where, 'to'],
      `is ${found(range.to)}; expected a number with the unit of from, ${unit === '' ? 'none' : unit}`,
    );
  if (range.scale === 'log' && (from.value <= 0 || to.value <= 0))
    refuse([...where, from.value <= 0 ? 'from' : 'to'], 'must be above 0 on a logarithmic scale');
  return Array.from({ length: range.steps }, (_, i) => {
    const part = i / (range.steps - 1);
    const exact =
      range.scale === 'log'
        ? from.value * (to.value / from.value) ** part
        : from.value + (to.value - from.value) * part;
    // Six digits: the last bits of a power may differ between engines (ECMAScript §21.3.2.26), and these numbers become scenarios.
    const value = i === 0 ? from.value : i === range.steps - 1 ? to.value : Number(exact.toPrecision(6));
    const whole = range.whole ? Math.round(value) : value;
    return unit === '' ? whole : `${whole}${unit}`;
  });
}

function quantity(text: number | string): { readonly value: number; readonly unit: string } {
  if (typeof text === 'number') return { value: text, unit: '' };
  const parts = QUANTITY.exec(text);
  return { value: Number(parts?.[1]), unit: parts?.[2] ?? '' };
}

/** Two axes must not reach into each other: what a point means would depend on their order. */
function checkPaths(axes: readonly SweepAxis[], refuse: Refuse): void {
  const seen: string[] = [];
  for (const axis of axes) {
    for (const path of axis.paths) {
      const where = axis.where[0] === 'together' ? [...axis.where, path] : axis.where;
      const other = seen.find((name) => name === path || name.startsWith(`${path}.`) || path.startsWith(`${name}.`));
      if (other !== undefined) refuse(where, `'${path}' varies what '${other}' varies already`, true);
      if (path === 'seed')
        refuse(where, `'seed' cannot be varied: each run gets its own from the grid's seed; expected replicas`, true);
      seen.push(path);
    }
  }
}

function measureFrom(entry: string, index: number, refuse: Refuse): SweepMeasure {
  const parts = MEASURE.exec(entry);
  if (parts === null)
    return refuse(
      ['measure', index],
      `is '${entry}'; expected a name like queue.peak, or a comparison like queue.peak >= 128`,
    );
  const compare = (parts[2] ?? '') as SweepMeasure['compare'];
  return { label: entry, name: parts[1] ?? '', compare, than: compare === '' ? 0 : Number(parts[3]) };
}

// ---- the schema --------------------------------------------------------------------------------------------------------

const MOST_RUNS = 1_000_000;
const MOST_STEPS = 10_000;
/** Parts that could reach the prototype of a JavaScript object are no settings of anything. */
const PATH = /^(?!(?:.*\.)?(?:__proto__|prototype|constructor)(?:\.|$))[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const QUANTITY = /^(\d+(?:\.\d+)?)([a-z]+)$/;
/** A comparison with the literal's own spaces, so that the label is what the file says. */
const MEASURE = /^([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)(?: (>=|<=|>|<|=) (-?\d+(?:\.\d+)?(?:e\d+)?))?$/;

const edge = z.union([z.number(), z.string().regex(QUANTITY)], {
  error: (issue) => `is ${found(issue.input)}; expected a number, or one with a unit like 40ms`,
});

const range = strict({
  from: edge,
  to: edge,
  steps: whole(2, MOST_STEPS, 'how many values the range has'),
  scale: choice(['linear', 'log']).default('linear'),
  whole: z
    .boolean({ error: (issue) => `is ${found(issue.input)}; expected true or false` })
    .default(false)
    .describe('Round each value to a whole number.'),
});
type Range = z.infer<typeof range>;

/** Chosen by what stands there, so that a mistake in a range is told as one, not as "no list". */
const values: z.ZodType<Values> = z.unknown().transform((value, context): Values => {
  const isRange = typeof value === 'object' && value !== null && !Array.isArray(value);
  const result = (isRange ? range : list).safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
  return z.NEVER;
});
type Values = readonly unknown[] | Range;

const list = z
  .array(z.unknown(), {
    error: (issue) => `is ${found(issue.input)}; expected a list of values or { from, to, steps, scale }`,
  })
  .min(1, { error: 'is empty; expected at least one value' })
  .max(MOST_STEPS, { error: `expected at most ${MOST_STEPS} values` });

const path = z.string().regex(PATH, {
  error: (issue) => `'${String(issue.input)}' is no setting; expected names joined by dots, like server.listen.backlog`,
});

function settings(): z.ZodRecord<typeof path, typeof values> {
  return z.record(path, values, {
    error: (issue) =>
      issue.code === 'invalid_type'
        ? `is ${found(issue.input)}; expected settings of the scenario with their values`
        : undefined,
  });
}

const gridSchema = strict({
  title: text().optional(),
  scenario: text(),
  vary: settings().default({}),
  together: z
    .array(settings(), { error: (issue) => `is ${found(issue.input)}; expected a list of mappings` })
    .default([]),
  replicas: whole(1, 100_000, 'how often each point is run').default(1),
  seed: whole(0, 0xffff_ffff, 'a seed').default(1),
  measure: z
    .array(text(), { error: (issue) => `is ${found(issue.input)}; expected a list of names of measures` })
    .min(1, { error: 'is empty; expected at least one name of a measure' }),
  confidence: z
    .number({ error: confidenceError })
    .min(0.5, { error: confidenceError })
    .max(0.9999, { error: confidenceError })
    .default(0.95),
});

function confidenceError(issue: { readonly input?: unknown }): string {
  return `is ${found(issue.input)}; expected a number from 0.5 to 0.9999, like 0.95`;
}
