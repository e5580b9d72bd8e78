/** One published result: where it stands, how it was simulated, theory beside simulation, and what it means. */

/** One comparison; `ok`: within the tolerance of its section. */
export interface Check {
  readonly name: string;
  readonly theory: string;
  readonly simulated: string;
  readonly ok: boolean;
}

export interface Section {
  /** The letter of the result in the list of published numbers. */
  readonly id: string;
  readonly title: string;
  /** Where it was published, and what of it could be had. */
  readonly source: string;
  /** How it was simulated. */
  readonly setup: string;
  readonly tolerance: string;
  readonly tables: readonly Table[];
  readonly checks: readonly Check[];
  /** For somebody who runs a server. */
  readonly meaning: string;
}

export interface Table {
  /** A sentence above the table; '' = none. */
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How many of `checks` hold, as text. */
export function held(checks: readonly Check[]): string {
  return `${checks.filter((c) => c.ok).length} of ${checks.length}`;
}

export function yesNo(ok: boolean): string {
  return ok ? 'yes' : '**no**';
}

/** 12,345. */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}
