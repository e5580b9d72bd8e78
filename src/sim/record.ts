/**
 * Runs a scenario and writes down every step with what all hosts look like after it. The same scenario, seed and
 * interventions give the same recording, bit for bit; an intervention changes nothing before the moment it acts.
 */
import type { TcpState } from '../tcp/types.ts';
import type { WhySink } from '../tcp/why.ts';
import { type Segment, SYN, segLen } from '../wire/segment.ts';
import { seqAdd, seqLt, seqMax } from '../wire/seq.ts';
import type {
  Flight,
  HostView,
  Intervention,
  Recording,
  SegmentView,
  StateChange,
  Step,
  StepKind,
  WhyNote,
} from './recording.ts';
import type { Scenario } from './scenario-model.ts';
import { segmentView } from './segment-view.ts';
import { snapshotHost } from './snapshot.ts';
import { type Transit, World, type WorldObserver } from './world.ts';

export interface RecordOptions {
  /** Instead of the scenario's, 0 .. 2^32 - 1. */
  readonly seed?: number;
  readonly interventions?: readonly Intervention[];
}

/** Events that are no steps (outdated timers) allowed per step, so that every run ends. */
const EVENTS_PER_STEP = 50;

/**
 * Runs to the scenario's `until`, or `maxSteps`, or until nothing is left to happen.
 *
 * @example record(scenario, { interventions: [{ flight: 0, action: 'drop', at: 20e6, by: 0 }] }).steps.length
 */
export function record(scenario: Scenario, options: RecordOptions = {}): Recording {
  const seed = options.seed ?? scenario.seed;
  const interventions = options.interventions ?? [];
  const recorder = new Recorder();
  const world = new World(scenario, { seed, interventions, observer: recorder });
  recorder.watch(world);
  for (let events = 0; events < EVENTS_PER_STEP * scenario.maxSteps; events++) {
    if (recorder.steps.length >= scenario.maxSteps || !world.step(scenario.until)) break;
  }
  return {
    scenario: scenario.id,
    title: scenario.title,
    seed,
    profile: scenario.profile,
    hosts: scenario.hosts.map(({ name, role, address }, i) => ({ name, role, address, port: world.portOf(i) })),
    flights: recorder.flights(),
    steps: recorder.steps,
    hash: world.trace.hash(),
    interventions,
    x: world.x,
    y: world.y,
  };
}

/** What the recorder knows of a flight while the run goes on. */
interface Draft {
  readonly transit: Transit;
  readonly segment: SegmentView;
  readonly again: boolean;
  ended: boolean;
}

class Recorder implements WorldObserver {
  readonly steps: Step[] = [];
  readonly #drafts: Draft[] = [];
  #world: World | null = null;
  #views: HostView[] = [];
  /** First number and end of what was sent on each connection, per direction. */
  readonly #sentUpTo = new Map<string, { readonly first: number; end: number }>();

  // The step being written
  #kind: StepKind = 'app';
  #host = 0;
  #flight = -1;
  #label = '';
  #sent: number[] = [];
  #changes: StateChange[] = [];
  #why: WhyNote[] = [];

  watch(world: World): void {
    this.#world = world;
    this.#views = world.hosts.map((host) => snapshotHost(host, world.addresses));
    world.hosts.forEach((host, i) => {
      host.stack.why = this.#sinkOf(i);
    });
  }

  begin(kind: StepKind, host: number, transit: Transit | null, label: string): void {
    this.#kind = kind;
    this.#host = host;
    this.#flight = transit?.index ?? -1;
    this.#label = kind === 'timer' ? this.#timerName(host) : label;
    this.#sent = [];
    this.#changes = [];
    this.#why = [];
    const draft = transit && (kind === 'arrive' || kind === 'lost') ? this.#drafts[transit.index] : undefined;
    if (draft) draft.ended = true;
  }

  sent(transit: Transit, seg: Readonly<Segment>): void {
    const again = transit.copyOf >= 0 ? (this.#drafts[transit.copyOf]?.again ?? false) : this.#isAgain(transit, seg);
    this.#drafts[transit.index] = { transit, segment: this.#viewOf(transit, seg), again, ended: false };
    if (this.#kind !== 'inject') this.#sent.push(transit.index);
  }

  end(): void {
    const world = this.#mustWatch();
    if (this.#kind !== 'inject' && this.#kind !== 'lost') this.#look(world);
    const idle = this.#sent.length === 0 && this.#changes.length === 0 && this.#why.length === 0;
    // A timer that only looked whether it was due is nothing to show.
    if (this.#kind === 'timer' && idle) return;
    this.steps.push({
      index: this.steps.length,
      t: world.now,
      kind: this.#kind,
      host: this.#host,
      flight: this.#flight,
      label: this.#label,
      sent: this.#sent,
      changes: this.#changes,
      why: this.#why,
      hosts: [...this.#views],
    });
  }

  /** All flights with their fates; what has not come to its end is in flight. */
  flights(): Flight[] {
    return this.#drafts.map(({ transit, segment, again, ended }) => ({
      index: transit.index,
      from: transit.from,
      to: transit.to,
      sentAt: transit.sentAt,
      arrivesAt: transit.arrivesAt,
      lostAt: ended ? transit.lostAt : Infinity,
      fate: ended ? transit.fate : 'in-flight',
      copyOf: transit.copyOf,
      again,
      scripted: transit.scripted,
      segment,
    }));
  }

  #look(world: World): void {
    const i = this.#host;
    const before = this.#views[i]?.state ?? 'CLOSED';
    const view = snapshotHost(world.hosts[i]!, world.addresses);
    this.#views[i] = view;
    // LISTEN and a crash are changes of the host, which no connection reports.
    if (this.#changes.length === 0 && view.state !== before) {
      this.#changes.push({ host: i, from: before, to: view.state });
    }
  }

  #sinkOf(host: number): WhySink {
    return {
      check: (rule, held, a, b, c) => this.#why.push({ kind: 'check', rule, held, values: [a, b, c] }),
      act: (rule, a, b, c) => this.#why.push({ kind: 'act', rule, held: true, values: [a, b, c] }),
      state: (from: TcpState, to: TcpState) => this.#changes.push({ host, from, to }),
    };
  }

  /** The timer that is due, from how the host looked before. */
  #timerName(host: number): string {
    const now = this.#mustWatch().now;
    const timers = this.#views[host]?.tcbs.flatMap((t) => t.timers) ?? [];
    return timers.find((t) => t.firesAt <= now)?.name ?? 'timer';
  }

  #isAgain(transit: Transit, seg: Readonly<Segment>): boolean {
    const length = segLen(seg);
    if (length === 0 || transit.scripted) return false;
    const key = `${transit.from} ${seg.sport} ${transit.to} ${seg.dport}`;
    const end = seqAdd(seg.seq, length);
    const before = this.#sentUpTo.get(key);
    // Another SYN number is another connection between the same ports, not the same one again.
    if (before === undefined || ((seg.flags & SYN) !== 0 && seg.seq !== before.first)) {
      this.#sentUpTo.set(key, { first: seg.seq, end });
      return false;
    }
    const again = seqLt(seg.seq, before.end);
    before.end = seqMax(before.end, end);
    return again;
  }

  #viewOf(transit: Transit, seg: Readonly<Segment>): SegmentView {
    return segmentView(seg, this.#mustWatch().addresses, transit.bytes, transit.bytes[0]! >>> 4 === 6 ? 40 : 20);
  }

  #mustWatch(): World {
    if (this.#world === null) throw new Error('the recorder watches no world yet');
    return this.#world;
  }
}
