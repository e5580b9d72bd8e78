/**
 * The flood's part of the page's store: the runs as far as the worker has come, the moment that is shown, and the knobs.
 * Frames lie here, so going back is showing an earlier one.
 */
import type { FloodFrame, SlotView } from '../../src/sim/flood-frame.ts';
import type { FloodScenario } from '../../src/sim/flood-model.ts';
import type { FloodMoment, FloodReport } from '../../src/sim/flood-report.ts';
import type { Nanos } from '../../src/tcp/types.ts';
import type { FloodDensity } from '../../src/view/density-band.ts';
import { DENSITY_OWNERS } from '../../src/view/density-band.ts';
import { nextSample, type SampleKind } from '../../src/view/flood-jumps.ts';
import { applyKnobs, type FloodKnobs, UNTURNED } from '../../src/view/flood-knobs.ts';
import { frameSentence, momentSentence } from '../../src/view/flood-sentence.ts';
import type { Engine } from '../engine.ts';
import type { FloodPart } from '../messages.ts';
import { SCENARIOS } from '../scenarios.ts';
import { type PackedFrame, unpackFrame } from './packed-frame.ts';

export interface FloodState {
  readonly scenario: FloodScenario | null;
  readonly knobs: FloodKnobs;
  /** Id of the defence in the second column, '' = one column only. */
  readonly beside: string;
  readonly runs: readonly FloodColumn[];
  /** The entry whose slot somebody looks at, and the column it is in. */
  readonly watched: { readonly column: string; readonly slot: SlotView } | null;
  readonly t: Nanos;
  readonly speed: number;
  readonly playing: boolean;
}

/** One run under one defence. */
export interface FloodColumn {
  readonly knobs: FloodKnobs;
  /** With its knobs turned. */
  readonly scenario: FloodScenario;
  readonly frames: readonly PackedFrame[];
  /** null for the first moments. */
  readonly report: FloodReport | null;
  readonly density: FloodDensity;
  readonly done: boolean;
}

/** What the flood needs of the page around it. */
export interface Surroundings {
  publish(state: FloodState): void;
  /** '' takes an earlier one back. */
  fail(error: string): void;
  notify(notice: string): void;
}

export class FloodLab {
  state: FloodState = EMPTY;
  readonly #engine: Engine;
  readonly #around: Surroundings;
  #file = { scenarioId: '', seed: -1 };
  #clock = 0;
  #shown = 0;
  /** A picture that is due. */
  #pending = 0;
  /** The sample to show as soon as it has come; -1 = none. */
  #wanted = -1;

  constructor(engine: Engine, around: Surroundings) {
    this.#engine = engine;
    this.#around = around;
  }

  /** `sample`: the moment to show, in samples. */
  open(scenarioId: string, seed: number, knobs: FloodKnobs, beside: string, sample: number): void {
    this.#file = { scenarioId, seed };
    this.state = EMPTY;
    this.#run({ ...EMPTY, knobs, beside }, sample);
  }

  /** Turns one knob: everything runs again from the start on the same seed. */
  turn(change: Partial<FloodKnobs>): void {
    this.#run({ ...this.state, knobs: { ...this.state.knobs, ...change } }, this.#sample());
  }

  /** Another defence in the second column; '' closes it. */
  compare(beside: string): void {
    this.#run({ ...this.state, beside }, this.#sample());
  }

  reset(): void {
    this.#run({ ...this.state, knobs: UNTURNED, beside: '' }, this.#sample());
  }

  /** As far as all runs have come. */
  computedTo(): Nanos {
    const ends = this.state.runs.map((run) => run.frames.at(-1)?.t ?? 0);
    return ends.length === 0 ? 0 : Math.min(...ends);
  }

  /** Moves to a moment, no further than has been computed. */
  goTo(t: Nanos): void {
    this.#wanted = -1;
    const to = Math.max(0, Math.min(t, this.computedTo()));
    if (to !== this.state.t) this.#set({ t: to });
  }

  /** Somebody looks at a slot, or at none. */
  watch(column: string, slot: SlotView | null): void {
    const { watched } = this.state;
    if (slot === null ? watched === null : watched?.slot === slot) return;
    this.#set({ watched: slot === null ? null : { column, slot } });
  }

  /** By hand, to the first sample that shows a moment: playing stops. */
  jumpTo(t: Nanos): void {
    const every = this.state.scenario?.sampleEvery ?? 1;
    this.stop();
    this.goTo(Math.ceil(t / every) * every);
  }

  /** By hand, in samples: playing stops. */
  move(by: number): void {
    const every = this.state.scenario?.sampleEvery ?? 1e9;
    this.stop();
    const sample = Math.round(this.state.t / every) + by;
    this.goTo(Number.isFinite(sample) ? sample * every : sample > 0 ? Number.MAX_SAFE_INTEGER : 0);
  }

  jump(kind: SampleKind): void {
    const { runs, t } = this.state;
    this.stop();
    const reports = runs.map((run) => run.report).filter((report) => report !== null);
    const to = nextSample(reports, t, kind);
    if (to >= 0) this.jumpTo(to);
    else this.#around.notify(NO_MORE[kind]);
  }

  togglePlay(): void {
    if (this.state.playing) return this.stop();
    const until = this.state.scenario?.until ?? 0;
    this.#set({ playing: true, t: this.state.t >= until ? 0 : this.state.t });
    this.#clock = performance.now();
    this.#shown = 0;
    requestAnimationFrame(this.#tick);
  }

  /** Something else is shown from now on: nothing of the flood may come after it. */
  close(): void {
    this.stop();
    clearTimeout(this.#pending);
    this.#pending = 0;
  }

  stop(): void {
    if (this.state.playing) this.#set({ playing: false });
  }

  cycleSpeed(): void {
    const at = SPEEDS.indexOf(this.state.speed);
    this.#set({ speed: SPEEDS[(at + 1) % SPEEDS.length] ?? 1 });
  }

  /** What a screen reader hears now: the story's moment that has just come, or the frame. */
  sentence(): string {
    const { playing, runs, t } = this.state;
    const first = runs[0];
    if (first === undefined) return '';
    const moment = first.report?.moments.findLast((m) => m.t <= t);
    if (playing) return moment === undefined ? '' : momentSentence(moment);
    const frame = frameAt(first, t);
    return frame === null ? '' : frameSentence(frame);
  }

  #sample(): number {
    return Math.round(this.state.t / (this.state.scenario?.sampleEvery ?? 1e9));
  }

  #run(next: FloodState, sample: number): void {
    const { scenarioId, seed } = this.#file;
    const text = SCENARIOS.find((scenario) => scenario.id === scenarioId)?.text ?? '';
    const sets = next.beside === '' ? [next.knobs] : [next.knobs, { ...next.knobs, defence: next.beside }];
    this.#wanted = sample;
    // The columns that are shown stay until the first part of the new ones is there: nothing flickers.
    this.#set({ knobs: next.knobs, beside: next.beside, playing: false });
    this.#around.fail('');
    let fresh = true;
    this.#engine.flood({ scenarioId, scenarioText: text, seed, knobs: sets }, (part) => {
      if (part.kind === 'failed') return this.#around.fail(part.error);
      this.#take(part, sets, fresh);
      fresh = false;
    });
  }

  #take(part: FloodPart, sets: readonly FloodKnobs[], fresh: boolean): void {
    const { scenario } = part;
    const old = fresh ? [] : this.state.runs;
    const runs = sets.map((knobs, i) => {
      const run = old[i] ?? emptyColumn(scenario, knobs);
      if (i !== part.run) return run;
      return {
        ...run,
        frames: part.frames.length > 0 ? [...run.frames, ...part.frames] : run.frames,
        report: part.report ?? run.report,
        density: part.density === null ? run.density : densityOf(part.density),
        done: part.done,
      };
    });
    const speed = this.state.scenario?.id === scenario.id ? this.state.speed : usualSpeed(scenario.until);
    this.state = { ...this.state, scenario, runs, speed };
    const end = this.computedTo();
    const wanted = this.#wanted * scenario.sampleEvery;
    if (wanted >= 0 && (end >= wanted || runs.every((run) => run.done))) this.goTo(wanted);
    // On the way to the moment that is wanted, the picture grows with the run.
    else if (this.#wanted >= 0 || this.state.t > end) this.state = { ...this.state, t: end };
    this.#publishSoon(fresh || part.done);
  }

  /** Parts come faster than anybody can look: a few pictures a second are enough until the end is there. */
  #publishSoon(now: boolean): void {
    if (now) {
      clearTimeout(this.#pending);
      this.#pending = 0;
      this.#around.publish(this.state);
    } else if (this.#pending === 0) {
      this.#pending = window.setTimeout(() => this.#publishSoon(true), PART_MS);
    }
  }

  #tick = (clock: number): void => {
    if (!this.state.playing) return;
    const passed = Math.max(0, clock - this.#clock);
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (clock - this.#shown >= (still ? STILL_MS : FRAME_MS)) {
      const until = this.state.scenario?.until ?? 0;
      const to = Math.min(until, this.state.t + passed * 1e6 * this.state.speed);
      this.#clock = clock;
      this.#shown = clock;
      this.goTo(to);
      if (this.state.t >= until) return this.stop();
    }
    requestAnimationFrame(this.#tick);
  };

  #set(change: Partial<FloodState>): void {
    this.state = { ...this.state, ...change };
    this.#around.publish(this.state);
  }
}

/** The newest frame that is not after `t`; null before the first part has come. */
export function frameAt(run: FloodColumn, t: Nanos): FloodFrame | null {
  const { frames } = run;
  let low = 0;
  let high = frames.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((frames[middle]?.t ?? 0) <= t) low = middle;
    else high = middle - 1;
  }
  const found = frames[low];
  if (found === undefined) return null;
  // The same object for the same frame, so that what is drawn from it need not be drawn again.
  const known = UNPACKED.find((pair) => pair.packed === found);
  if (known !== undefined) return known.frame;
  const frame = unpackFrame(found);
  UNPACKED.unshift({ packed: found, frame });
  UNPACKED.length = Math.min(UNPACKED.length, 4);
  return frame;
}

/** Moments that have come by `t`. */
export function momentsUpTo(report: FloodReport | null, t: Nanos): readonly FloodMoment[] {
  return report?.moments.filter((moment) => moment.t <= t) ?? [];
}

const UNPACKED: { readonly packed: PackedFrame; readonly frame: FloodFrame }[] = [];

function emptyColumn(scenario: FloodScenario, knobs: FloodKnobs): FloodColumn {
  return {
    knobs,
    scenario: applyKnobs(scenario, knobs),
    frames: [],
    report: null,
    density: { counts: [], steps: 0 },
    done: false,
  };
}

function densityOf(counts: Uint32Array): FloodDensity {
  return { counts, steps: counts.length / DENSITY_OWNERS.length };
}

/** A whole run in about twenty seconds. */
function usualSpeed(until: Nanos): number {
  return SPEEDS.find((speed) => until / 1e9 / speed <= 25) ?? SPEEDS.at(-1) ?? 1;
}

const SPEEDS: readonly number[] = [1, 2, 5, 10, 20, 50];
/** About fifteen pictures a second; with reduced motion one in a second. */
const FRAME_MS = 60;
const STILL_MS = 1000;
const PART_MS = 80;

const NO_MORE: Record<SampleKind, string> = {
  drop: 'Nothing is dropped after this moment.',
  expiry: 'No entry expires after this moment.',
  moment: 'Nothing new begins after this moment.',
};

const EMPTY: FloodState = {
  scenario: null,
  knobs: UNTURNED,
  beside: '',
  runs: [],
  watched: null,
  t: 0,
  speed: 1,
  playing: false,
};
