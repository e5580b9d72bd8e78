/** What the replay of one table of the ground truth says: measured beside predicted, and whether that is near enough. */

/** One comparison. `ok`: within the tolerance of its section. */
export interface Check {
  readonly name: string;
  readonly measured: string;
  readonly predicted: string;
  readonly ok: boolean;
}

export interface Section {
  /** The letter of the ground truth's section. */
  readonly letter: string;
  readonly title: string;
  readonly csv: readonly string[];
  /** How it was replayed, in sentences. */
  readonly replay: string;
  /** How near the prediction has to be, and how far off the worst is. */
  readonly tolerance: string;
  readonly worst: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly checks: readonly Check[];
}

/** A comparison of two texts or numbers that must be equal. */
export function equal(name: string, measured: string | number, predicted: string | number): Check {
  return { name, measured: `${measured}`, predicted: `${predicted}`, ok: `${measured}` === `${predicted}` };
}

/** What `replay` gives, or a failed check that says why a row could not be replayed: the others still are. */
export function attempt<T>(name: string, checks: Check[], replay: () => T): T | null {
  try {
    return replay();
  } catch (error) {
    const predicted = error instanceof Error ? error.message : `${error}`;
    checks.push({ name: `${name}: replayed`, measured: 'a row', predicted, ok: false });
    return null;
  }
}

/** For tables that must be met exactly. */
export function worstOfExact(checks: readonly Check[]): string {
  const different = checks.filter((c) => !c.ok).length;
  return different === 0 ? 'No difference.' : `${different} comparisons differ.`;
}

/** How many of `checks` hold, as text for a table. */
export function held(checks: readonly Check[]): string {
  return `${checks.filter((c) => c.ok).length} of ${checks.length}`;
}
