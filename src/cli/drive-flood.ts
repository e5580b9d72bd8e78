/** Runs a flood in slices, so that the terminal shows how far it is and Ctrl+C keeps what was computed. */
import type { SegmentTap } from '../node/segment-tap.ts';
import type { FloodScenario } from '../sim/flood-model.ts';
import type { FloodReport } from '../sim/flood-report.ts';
import { FloodRun } from '../sim/flood-run.ts';
import type { ObservedFlood } from '../sim/traffic/observed-syns.ts';
import { runProgress } from './run-progress.ts';
import { stopSignal } from './stop-signal.ts';

export interface DrivenFlood {
  readonly report: FloodReport;
  /** 0, or what the program shall end with because somebody stopped it. */
  readonly exitCode: number;
}

export interface DriveOptions {
  readonly seed?: number;
  readonly tap?: SegmentTap | undefined;
  readonly observed?: readonly ObservedFlood[];
  /** Stands before the progress bar. */
  readonly what?: string;
}

/** The slices change nothing about the result: a run may be cut anywhere. */
export async function driveFlood(scenario: FloodScenario, options: DriveOptions = {}): Promise<DrivenFlood> {
  const { tap } = options;
  const run = new FloodRun(scenario, {
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(tap !== undefined && { taps: [tap] }),
    ...(options.observed !== undefined && { observed: options.observed }),
  });
  const stop = stopSignal();
  const progress = runProgress(scenario.until / 1e9, options.what ?? '');
  let events = 1000;
  try {
    while (!run.done && !stop.signal.aborted) {
      const begun = performance.now();
      run.runTo(scenario.until, events);
      const took = performance.now() - begun;
      // Quiet spans end in bursts without notice, so a slice is so many events and no span of time.
      events = Math.max(1, Math.round(took < SLICE / 2 ? events * 2 : took > SLICE * 2 ? events / 2 : events));
      progress.update(run.now / 1e9);
      await tap?.flush();
      // Signals and the terminal have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    progress.stop();
    stop.release();
  }
  return { report: run.report(), exitCode: run.done ? 0 : stop.exitCode() };
}

/** Milliseconds. */
const SLICE = 50;
