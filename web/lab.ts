/** The page's one store: which recording, which step, how it is shown. Components read it and call its methods. */
import type { Intervention, Recording } from '../src/sim/recording.ts';
import { knobsText, parseKnobs } from '../src/view/flood-knobs.ts';
import { withSides } from '../src/view/host-sides.ts';
import { inFlight, type MomentKind, nextMoment } from '../src/view/moments.ts';
import { NUMBER_MODES, type NumberMode } from '../src/view/numbers.ts';
import { formatShareHash, parseShareHash } from '../src/view/share-link.ts';
import type { ScaleMode } from '../src/view/time-scale.ts';
import type { Engine } from './engine.ts';
import { FloodLab, type FloodState } from './flood/flood-lab.ts';
import { SCENARIOS } from './scenarios.ts';

export interface LabState {
  readonly scenarioId: string;
  /** -1 = the scenario's own. */
  readonly seed: number;
  readonly recording: Recording | null;
  /** A flood instead of a recording; null while a handshake is shown. */
  readonly flood: FloodState | null;
  readonly summary: string;
  /** The scenario's own words per step. */
  readonly story: readonly string[];
  readonly error: string;
  readonly step: number;
  readonly numbers: NumberMode;
  readonly scale: ScaleMode;
  readonly asText: boolean;
  /** The segment whose header is shown, or -1: then the one of this step. */
  readonly selected: number;
  /** Its drop, delay and duplicate buttons are open. */
  readonly acting: boolean;
  readonly playing: boolean;
  readonly speed: number;
  readonly interventions: readonly Intervention[];
  readonly dialog: 'none' | 'scenarios' | 'help';
  /** A short confirmation for eyes and screen readers: "Link copied". */
  readonly notice: string;
}

const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2];

export class Lab {
  state: LabState;
  /** Where everything that is about time goes while a flood is shown. */
  readonly flood: FloodLab;
  readonly #engine: Engine;
  readonly #listeners = new Set<() => void>();
  #timer = 0;

  constructor(engine: Engine, hash: string) {
    this.#engine = engine;
    this.flood = new FloodLab(engine, {
      publish: (flood) => this.#set({ flood }),
      fail: (error) => this.#set({ error }),
      notify: (notice) => this.notify(notice),
    });
    const shared = parseShareHash(hash);
    this.state = { ...START, scenarioId: SCENARIOS[0]?.id ?? '' };
    this.#adopt(shared);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens what a link says. Called at the start and when somebody edits the address. */
  openHash(hash: string): void {
    this.#adopt(parseShareHash(hash));
  }

  open(scenarioId: string): void {
    this.#set({ dialog: 'none' });
    if (isFlood(scenarioId)) this.#openFlood(scenarioId, {});
    else this.#run({ scenarioId, seed: -1, interventions: [], step: 0 });
  }

  setSeed(seed: number): void {
    const { flood } = this.state;
    if (flood !== null) {
      this.#set({ seed });
      return this.flood.open(this.state.scenarioId, seed, flood.knobs, flood.beside, 0);
    }
    this.#run({ seed, interventions: [] });
  }

  /** Moves to a step, clamped to the recording. */
  go(step: number): void {
    const last = (this.state.recording?.steps.length ?? 1) - 1;
    const to = Math.max(0, Math.min(step, last));
    if (to === last) this.#stop();
    if (to !== this.state.step) this.#set({ step: to, selected: -1, acting: false });
  }

  /** A step by hand: playing stops. */
  move(by: number): void {
    if (this.state.flood !== null) return this.flood.move(by);
    this.#stop();
    this.go(this.state.step + by);
  }

  jump(kind: MomentKind): void {
    const { recording, step } = this.state;
    if (this.state.flood !== null) return this.flood.jump(kind === 'state' ? 'moment' : kind);
    if (!recording) return;
    this.#stop();
    const to = nextMoment(recording, step, kind);
    if (to >= 0) this.go(to);
    else this.notify(NO_MORE[kind]);
  }

  togglePlay(): void {
    if (this.state.flood !== null) return this.flood.togglePlay();
    if (this.state.playing) return this.#stop();
    const last = (this.state.recording?.steps.length ?? 1) - 1;
    if (this.state.step >= last) this.go(0);
    this.#set({ playing: true });
    this.#tick();
  }

  cycleSpeed(): void {
    if (this.state.flood !== null) return this.flood.cycleSpeed();
    const at = SPEEDS.indexOf(this.state.speed);
    this.#set({ speed: SPEEDS[(at + 1) % SPEEDS.length] ?? 1 });
  }

  setNumbers(numbers: NumberMode): void {
    this.#set({ numbers });
  }

  cycleNumbers(): void {
    const at = NUMBER_MODES.indexOf(this.state.numbers);
    this.#set({ numbers: NUMBER_MODES[(at + 1) % NUMBER_MODES.length] ?? 'absolute' });
  }

  setScale(scale: ScaleMode): void {
    this.#set({ scale });
  }

  toggleText(): void {
    this.#set({ asText: !this.state.asText });
  }

  setDialog(dialog: LabState['dialog']): void {
    this.#stop();
    this.#set({ dialog });
  }

  /** Shows a segment's header; for one in flight also what can be done to it. */
  select(flight: number): void {
    const { recording, step, selected, acting } = this.state;
    if (!recording) return;
    this.#stop();
    const flying = inFlight(recording, step).includes(flight);
    this.#set({ selected: flight, acting: flying && !(acting && selected === flight) });
  }

  closeActions(): void {
    this.#set({ acting: false });
  }

  /** The segment that "the one in flight" means: the selected one if it flies, else the newest. -1 = none. */
  flying(): number {
    const { recording, step, selected } = this.state;
    if (!recording) return -1;
    const flights = inFlight(recording, step);
    return flights.includes(selected) ? selected : (flights.at(-1) ?? -1);
  }

  /** Opens the choice of what could happen to the segment in flight. */
  branch(): void {
    if (this.state.flood !== null) return this.notify(NO_BRANCH);
    const flight = this.flying();
    if (flight < 0) this.notify('Nothing is in flight at this step.');
    else this.select(flight);
  }

  /** Does something to a segment in flight and runs the scenario again with it: what follows is what really follows. */
  intervene(flight: number, action: Intervention['action']): void {
    if (this.state.flood !== null) return this.notify(NO_BRANCH);
    const { recording, step } = this.state;
    const target = recording?.flights[flight];
    if (flight < 0 || !recording || !target) return this.notify('Nothing is in flight at this step.');
    this.#stop();
    const now = recording.steps[step]?.t ?? 0;
    const journey = target.arrivesAt - target.sentAt;
    // At the very moment of sending there is no way behind it yet: act half-way, where the cross can be seen.
    const at = now > target.sentAt ? now : target.sentAt + Math.floor(journey / 2);
    const by = action === 'drop' ? 0 : action === 'delay' ? journey * DELAY_JOURNEYS : Math.floor(journey * 0.75);
    const interventions = [...this.state.interventions, { flight, action, at, by }];
    this.#run({ interventions }, action === 'drop' ? flight : -1);
  }

  /** Takes back an intervention and those after it: they acted on a run that would not have been. */
  undo(index: number): void {
    this.#run({ interventions: this.state.interventions.slice(0, index) });
  }

  notify(notice: string): void {
    this.#set({ notice });
  }

  shareHash(): string {
    const { scenarioId, seed, step, numbers, interventions, flood } = this.state;
    const view = { scenario: scenarioId, seed, step, numbers, interventions, knobs: '', beside: '' };
    if (flood === null) return formatShareHash(view);
    const sample = Math.round(flood.t / (flood.scenario?.sampleEvery ?? 1e9));
    return formatShareHash({ ...view, step: sample, knobs: knobsText(flood.knobs), beside: flood.beside });
  }

  #adopt(shared: ReturnType<typeof parseShareHash>): void {
    const known = SCENARIOS.some((s) => s.id === shared.scenario);
    if (shared.numbers) this.#set({ numbers: shared.numbers });
    // A link of another version, or of somebody's own file: not silently something else.
    if (shared.scenario !== undefined && !known) {
      this.notify(
        `The link names "${shared.scenario.slice(0, 40)}", which is no scenario here. Choose one from the list.`,
      );
    }
    const scenarioId = known && shared.scenario ? shared.scenario : this.state.scenarioId;
    if (isFlood(scenarioId)) return this.#openFlood(scenarioId, shared);
    this.#run({
      scenarioId,
      seed: shared.seed ?? -1,
      interventions: shared.interventions ?? [],
      step: shared.step ?? 0,
    });
  }

  #openFlood(scenarioId: string, shared: ReturnType<typeof parseShareHash>): void {
    const seed = shared.seed ?? -1;
    this.#stop();
    this.#set({ scenarioId, seed, recording: null, interventions: [], step: 0, error: '' });
    this.flood.open(scenarioId, seed, parseKnobs(shared.knobs ?? ''), shared.beside ?? '', shared.step ?? 0);
  }

  /** Runs again; `follow` is a dropped flight whose end is then shown. */
  async #run(change: Partial<LabState>, follow = -1): Promise<void> {
    const next = { ...this.state, ...change };
    const scenario = SCENARIOS.find((s) => s.id === next.scenarioId);
    if (!scenario) return this.#set({ error: 'This build holds no scenarios.' });
    this.flood.close();
    const reply = await this.#engine.run({
      scenarioId: scenario.id,
      scenarioText: scenario.text,
      seed: next.seed,
      interventions: next.interventions,
    });
    if (reply === null) return;
    if (reply.kind === 'failed') return this.#set({ ...change, flood: null, error: reply.error });
    const { summary, story } = reply;
    const recording = withSides(reply.recording);
    const end = recording.steps.findIndex((s) => s.kind === 'lost' && s.flight === follow);
    const step = follow >= 0 && end >= 0 ? end : Math.min(next.step, recording.steps.length - 1);
    this.#set({ ...change, recording, flood: null, summary, story, error: '', step, selected: -1, acting: false });
  }

  #tick(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      if (!this.state.playing) return;
      this.go(this.state.step + 1);
      if (this.state.playing) this.#tick();
    }, STEP_MS / this.state.speed);
  }

  #stop(): void {
    this.flood.stop();
    clearTimeout(this.#timer);
    if (this.state.playing) this.#set({ playing: false });
  }

  #set(change: Partial<LabState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function isFlood(id: string): boolean {
  return SCENARIOS.some((scenario) => scenario.id === id && scenario.kind === 'flood');
}

const NO_BRANCH = 'In a flood nothing is changed on the way: turn a knob, and all of it runs again.';

/** Milliseconds per step while playing at normal speed: long enough to read the sentence's first half. */
const STEP_MS = 1600;
/** A delayed segment arrives so many journeys later: late enough to be overtaken. */
const DELAY_JOURNEYS = 3;

const NO_MORE: Record<MomentKind, string> = {
  drop: 'No segment is lost after this step.',
  expiry: 'No timer expires after this step.',
  state: 'No state changes after this step.',
};

const START: LabState = {
  scenarioId: '',
  seed: -1,
  recording: null,
  flood: null,
  summary: '',
  story: [],
  error: '',
  step: 0,
  numbers: 'absolute',
  scale: 'compressed',
  asText: false,
  selected: -1,
  acting: false,
  playing: false,
  speed: 1,
  interventions: [],
  dialog: 'none',
  notice: '',
};
