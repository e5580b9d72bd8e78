/**
 * A flood in the worker: runs in slices, so that a newer request is heard at once, and posts what is new after each. Two
 * sets of knobs run side by side, the one that lags first, so that their pictures grow together.
 */
import { parseFloodScenario } from '../../src/scenario/parse.ts';
import type { Owner } from '../../src/sim/arena/types.ts';
import type { FloodScenario } from '../../src/sim/flood-model.ts';
import { FloodRun } from '../../src/sim/flood-run.ts';
import type { Nanos } from '../../src/tcp/types.ts';
import { DENSITY_OWNERS, DENSITY_STEP } from '../../src/view/density-band.ts';
import { applyKnobs } from '../../src/view/flood-knobs.ts';
import type { FloodPart, FloodRequest } from '../messages.ts';
import { DensityTap } from './density-tap.ts';
import { type PackedFrame, packFrame, SLOT_BYTES } from './packed-frame.ts';

export type Post = (part: FloodPart, handOver: Transferable[]) => void;

export class FloodTask {
  readonly #id: number;
  readonly #scenario: FloodScenario;
  readonly #lanes: readonly Lane[];

  /** Throws a sentence when the file is wrong. */
  constructor(request: FloodRequest) {
    this.#id = request.id;
    this.#scenario = parseFloodScenario(request.scenarioText, `${request.scenarioId}.yaml`);
    const seed = request.seed >= 0 ? { seed: request.seed } : {};
    this.#lanes = request.knobs.map((knobs) => new Lane(applyKnobs(this.#scenario, knobs), seed));
  }

  get done(): boolean {
    return this.#lanes.every((lane) => lane.posted);
  }

  /** Works for about `SLICE` ms and posts what there is. */
  slice(post: Post): void {
    const begin = performance.now();
    while (performance.now() - begin < SLICE) {
      const lagging = this.#lanes.reduce((a, b) => (b.run.now < a.run.now ? b : a));
      if (lagging.run.done) break;
      lagging.advance();
    }
    for (const [run, lane] of this.#lanes.entries()) {
      if (lane.posted) continue;
      const frames = lane.takeFrames();
      const news = lane.takeReport();
      if (frames.length === 0 && news === null) continue;
      const buffers = frames.map((frame) => frame.packed);
      post(
        {
          kind: 'flood',
          id: this.#id,
          run,
          scenario: this.#scenario,
          frames,
          report: news?.report ?? null,
          density: news?.density ?? null,
          done: lane.posted,
        },
        news === null ? buffers : [...buffers, news.density.buffer],
      );
    }
  }
}

/** One run and what of it has not been posted yet. */
class Lane {
  readonly run: FloodRun;
  /** The end has been posted. */
  posted = false;
  readonly #density: DensityTap;
  readonly #frameEvery: Nanos;
  #nextFrame: Nanos = 0;
  #events = 1000;
  #frames: PackedFrame[] = [];
  #reportAt = 0;

  constructor(scenario: FloodScenario, seed: { readonly seed?: number }) {
    // The tap needs the run's address table, and the run its tap.
    let ownerOf: (address: number) => Owner = () => 'silent';
    this.#density = new DensityTap(scenario.until, (address) => ownerOf(address));
    this.run = new FloodRun(scenario, { ...seed, taps: [this.#density], ages: 'yes' });
    ownerOf = (address) => this.run.ownerOf(address);
    const samples = Math.floor(scenario.until / scenario.sampleEvery);
    const first = this.run.frame(0);
    const bytes = Math.min(MOST_SLOTS, first.capacity) * SLOT_BYTES;
    const frames = Math.max(LEAST_FRAMES, Math.min(MOST_FRAMES, FRAME_BYTES / bytes));
    this.#frameEvery = scenario.sampleEvery * Math.max(1, Math.ceil(samples / frames));
    this.#keepFrame();
  }

  /** Runs on, not past the next frame, and about a fraction of a slice long. */
  advance(): void {
    const begin = performance.now();
    const there = this.run.runTo(this.#nextFrame, this.#events);
    const took = performance.now() - begin;
    // So that even a burst of millions lets the thread listen.
    if (took > SLICE / 2) this.#events = Math.max(1, Math.floor(this.#events / 2));
    else if (!there && took < SLICE / 8) this.#events *= 2;
    if (there) this.#keepFrame();
  }

  takeFrames(): readonly PackedFrame[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  /** A report takes time to make and to post: not more than a small share of all. */
  takeReport(): { readonly report: FloodPart['report']; readonly density: Uint32Array<ArrayBuffer> } | null {
    const begin = performance.now();
    if (!this.run.done && begin < this.#reportAt) return null;
    this.posted = this.run.done;
    const report = this.run.report();
    const steps = Math.ceil(this.run.now / DENSITY_STEP);
    const density = this.#density.counts.slice(0, steps * DENSITY_OWNERS.length);
    this.#reportAt = performance.now() + Math.max(REPORT_EVERY, (performance.now() - begin) * 10);
    return { report, density };
  }

  #keepFrame(): void {
    this.#frames.push(packFrame(this.run.frame(MOST_SLOTS)));
    this.#nextFrame = Math.min(this.run.scenario.until, this.run.now + this.#frameEvery);
  }
}

/** Milliseconds of work between two looks at what the page wants. */
const SLICE = 20;
/** Milliseconds between two reports of a run that goes on. */
const REPORT_EVERY = 150;
/** Slots that a frame lists; of larger queues the rest is shown as used or free only. */
const MOST_SLOTS = 16_384;
/** Frames kept of one run: every sample if they fit into so many bytes, else fewer. */
const MOST_FRAMES = 600;
const LEAST_FRAMES = 60;
const FRAME_BYTES = 48e6;
