/**
 * What is handed to whoever computes one run of a sweep, and what comes back: plain data, as JSON lines of the journal and
 * as jobs of a queue. Nothing here knows a segment: this is all that may ever leave the process.
 */

/** One replica of one point. */
export interface ReplicaTask {
  readonly point: number;
  readonly replica: number;
  readonly seed: number;
  /** The scenario's file, and its name in messages. */
  readonly text: string;
  readonly path: string;
  /** What the point changes in it, in its own notation. */
  readonly set: readonly { readonly key: string; readonly value: string }[];
  readonly measures: readonly TaskMeasure[];
}

export interface TaskMeasure {
  readonly name: string;
  /** '' = the number itself; else 1 where the comparison with `than` holds, and 0 where not. */
  readonly compare: '>=' | '<=' | '>' | '<' | '=' | '';
  readonly than: number;
}

export interface ReplicaResult {
  readonly point: number;
  readonly replica: number;
  readonly seed: number;
  /** Of every segment's passage in the run. */
  readonly hash: string;
  /** One per measure; null where the run has no such number. */
  readonly values: readonly (number | null)[];
}

/** A task from data that anybody may have written; undefined when it is none. */
export function readTask(data: unknown): ReplicaTask | undefined {
  if (!isRecord(data)) return undefined;
  const { point, replica, seed, text, path, set, measures } = data;
  if (!isCount(point) || !isCount(replica) || !isCount(seed)) return undefined;
  if (typeof text !== 'string' || typeof path !== 'string' || !Array.isArray(measures) || !Array.isArray(set))
    return undefined;
  const values: { key: string; value: string }[] = [];
  for (const one of set as readonly unknown[]) {
    if (!isRecord(one) || typeof one.key !== 'string' || typeof one.value !== 'string') return undefined;
    values.push({ key: one.key, value: one.value });
  }
  const checked: TaskMeasure[] = [];
  for (const measure of measures as readonly unknown[]) {
    if (!isRecord(measure) || typeof measure.name !== 'string' || typeof measure.than !== 'number') return undefined;
    const compare = COMPARISONS.find((word) => word === measure.compare);
    if (compare === undefined) return undefined;
    checked.push({ name: measure.name, compare, than: measure.than });
  }
  return { point, replica, seed, text, path, set: values, measures: checked };
}

/** A result with `measures` values from data that anybody may have written; undefined when it is none. */
export function readResult(data: unknown, measures: number): ReplicaResult | undefined {
  if (!isRecord(data)) return undefined;
  const { point, replica, seed, hash, values } = data;
  if (!isCount(point) || !isCount(replica) || !isCount(seed) || typeof hash !== 'string') return undefined;
  if (!Array.isArray(values) || values.length !== measures) return undefined;
  const numbers = values as readonly unknown[];
  if (!numbers.every((value) => value === null || (typeof value === 'number' && Number.isFinite(value))))
    return undefined;
  return { point, replica, seed, hash, values: numbers as readonly (number | null)[] };
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

const COMPARISONS = ['>=', '<=', '>', '<', '=', ''] as const;
