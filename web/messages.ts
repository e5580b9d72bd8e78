/** What the page and its worker say to each other. */
import type { Intervention, Recording } from '../src/sim/recording.ts';

/** Run a scenario. `seed` -1 = the scenario's own. */
export interface RunRequest {
  readonly id: number;
  readonly scenarioId: string;
  readonly scenarioText: string;
  readonly seed: number;
  readonly interventions: readonly Intervention[];
}

export type RunReply =
  /** `story` holds the scenario's own words per step, '' where it says nothing. */
  | { readonly id: number; readonly recording: Recording; readonly summary: string; readonly story: readonly string[] }
  /** One sentence for people: what, where, what was expected. */
  | { readonly id: number; readonly error: string };
