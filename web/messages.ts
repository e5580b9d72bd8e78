/** What the page and its worker say to each other. */
import type { FloodScenario } from '../src/sim/flood-model.ts';
import type { FloodReport } from '../src/sim/flood-report.ts';
import type { Intervention, Recording } from '../src/sim/recording.ts';
import type { FloodKnobs } from '../src/view/flood-knobs.ts';
import type { PackedFrame } from './flood/packed-frame.ts';

export type Request = RunRequest | FloodRequest;
export type Reply = RunReply | FloodPart | FailedReply;

/** Run a scenario. `seed` -1 = the scenario's own. */
export interface RunRequest {
  readonly kind: 'run';
  readonly id: number;
  readonly scenarioId: string;
  readonly scenarioText: string;
  readonly seed: number;
  readonly interventions: readonly Intervention[];
}

export interface RunReply {
  readonly kind: 'run';
  readonly id: number;
  readonly recording: Recording;
  readonly summary: string;
  /** The scenario's own words per step, '' where it says nothing. */
  readonly story: readonly string[];
}

/** Run a flood scenario once for each set of knobs, all on the same seed. Any later request ends it. */
export interface FloodRequest {
  readonly kind: 'flood';
  readonly id: number;
  readonly scenarioId: string;
  readonly scenarioText: string;
  readonly seed: number;
  readonly knobs: readonly FloodKnobs[];
}

/** As far as one of the runs has come: many of these, until `done`. */
export interface FloodPart {
  readonly kind: 'flood';
  readonly id: number;
  /** Index into the request's `knobs`. */
  readonly run: number;
  /** As in the file, before any knob. */
  readonly scenario: FloodScenario;
  /** New ones since the last part, ascending. */
  readonly frames: readonly PackedFrame[];
  /** All of the run so far, instead of the one before; null = no news of it. */
  readonly report: FloodReport | null;
  /** SYNs per 10 ms and owner (`FloodDensity.counts`), as far as `report` reaches. */
  readonly density: Uint32Array | null;
  readonly done: boolean;
}

export interface FailedReply {
  readonly kind: 'failed';
  readonly id: number;
  /** One sentence for people: what, where, what was expected. */
  readonly error: string;
}
