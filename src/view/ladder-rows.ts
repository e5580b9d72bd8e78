/** Which rows a text ladder has, and in which order: the layout of `ladder-text.ts`, without its drawing. */
import type { Recording, Step } from '../sim/recording.ts';
import type { Nanos, TcpState } from '../tcp/types.ts';
import { flightSteps } from './ladder-model.ts';
import { timeScale } from './time-scale.ts';

export type LadderRow =
  | {
      readonly kind: 'arrow';
      readonly flight: number;
      /** The row shows the segment leaving, arriving, or both. */
      readonly leaves: boolean;
      readonly arrives: boolean;
      readonly lost: boolean;
      /** States entered in the steps that this row stands for; undefined = unchanged. */
      readonly fromState: TcpState | undefined;
      readonly toState: TcpState | undefined;
    }
  | {
      readonly kind: 'note';
      readonly t: Nanos;
      readonly host: number;
      readonly state: TcpState | undefined;
      readonly text: string;
    }
  | { readonly kind: 'silence'; readonly length: Nanos; readonly quiet: boolean };

/** The rows up to and including a step, from top to bottom. */
export function ladderRows(recording: Recording, at: number): LadderRow[] {
  const layout = new Layout(recording, at);
  for (const step of readingOrder(recording.steps.slice(0, at + 1))) layout.step(step);
  return layout.rows;
}

/**
 * Of steps at the same instant, those in which an application merely prepares something (listens) come first, so that
 * they do not break the arrow of a segment sent just before them.
 */
function readingOrder(steps: readonly Step[]): Step[] {
  const ordered: Step[] = [];
  for (const step of steps) {
    let at = ordered.length;
    if (step.kind === 'app' && step.sent.length === 0) {
      while (at > 0 && ordered[at - 1]!.t === step.t && ordered[at - 1]!.host !== step.host) at--;
    }
    ordered.splice(at, 0, step);
  }
  return ordered;
}

class Layout {
  readonly rows: LadderRow[] = [];
  readonly #recording: Recording;
  readonly #at: number;
  readonly #ended: readonly number[];
  /** Steps that a row above already shows: arrivals drawn together with their sending. */
  readonly #shown = new Set<number>();
  readonly #drawn = new Set<number>();
  readonly #shortSilence: Nanos;
  /** Latest moment that a row above shows. */
  #latest: Nanos = 0;

  constructor(recording: Recording, at: number) {
    this.#recording = recording;
    this.#at = at;
    this.#ended = flightSteps(recording).ended;
    const silences = timeScale(recording, 'compressed').silences;
    this.#shortSilence = Math.min(Number.POSITIVE_INFINITY, ...silences.map((s) => s.t1 - s.t0));
  }

  step(step: Step): void {
    if (!this.#shown.has(step.index)) this.#silenceBefore(step.t);
    const leaving = [...step.sent];
    if (step.kind === 'inject' && step.flight >= 0 && !leaving.includes(step.flight)) leaving.push(step.flight);
    if (step.kind === 'arrive' && !this.#shown.has(step.index)) this.#arrival(step);
    let state = this.#shown.has(step.index) ? undefined : this.#entered(step, step.host);
    if (leaving.length === 0 && (step.kind === 'app' || step.kind === 'timer')) {
      this.#shown.add(step.index);
      this.#push({ kind: 'note', t: step.t, host: step.host, state, text: noteText(step) }, step.t);
    }
    for (const flight of leaving) {
      this.#departure(step, flight, state);
      state = undefined;
    }
    this.#copies(step);
    this.#elsewhere(step);
  }

  #departure(step: Step, index: number, fromState: TcpState | undefined): void {
    const flight = this.#recording.flights[index]!;
    const end = this.#ended[index]!;
    const ended = end <= this.#at;
    const arrives = ended && flight.fate === 'delivered' && this.#prompt(step.index, end, flight.to);
    const lost = ended && flight.fate !== 'delivered' && flight.fate !== 'in-flight';
    if (arrives || lost) this.#shown.add(end);
    this.#drawn.add(index);
    const toState = arrives ? this.#entered(this.#recording.steps[end]!, flight.to) : undefined;
    this.#push(
      { kind: 'arrow', flight: index, leaves: true, arrives, lost, fromState, toState },
      // A lost segment's arrow goes on, dotted, to where it would have arrived: silence begins there.
      (arrives || lost) && Number.isFinite(flight.arrivesAt) ? flight.arrivesAt : flight.sentAt,
    );
  }

  /** An arrival that its sending could not show. */
  #arrival(step: Step): void {
    this.#shown.add(step.index);
    const toState = this.#entered(step, step.host);
    this.#push(
      { kind: 'arrow', flight: step.flight, leaves: false, arrives: true, lost: false, fromState: undefined, toState },
      step.t,
    );
  }

  /** Copies made on the way are in nobody's `sent`: they leave with the step during which they were made. */
  #copies(step: Step): void {
    const until = this.#recording.steps[step.index + 1]?.t ?? Number.POSITIVE_INFINITY;
    for (const flight of this.#recording.flights) {
      if (flight.copyOf < 0 || this.#drawn.has(flight.index) || !this.#drawn.has(flight.copyOf)) continue;
      if (flight.sentAt < until && !this.#sentLater(flight.index)) this.#departure(step, flight.index, undefined);
    }
  }

  #sentLater(flight: number): boolean {
    return this.#recording.steps.some((s) => s.sent.includes(flight) || (s.kind === 'inject' && s.flight === flight));
  }

  /**
   * A segment sent in step `from` can share a row with its arrival in step `to`: no other arrival comes before it, and
   * nothing else happens at its receiver, that is not above already. So both columns of times only ever grow.
   */
  #prompt(from: number, to: number, host: number): boolean {
    const arrival = this.#recording.steps[to]!.t;
    for (let i = from + 1; i < to; i++) {
      const step = this.#recording.steps[i]!;
      // Within one instant the order does not show.
      if (step.t === arrival) continue;
      const matters = step.host === host ? step.kind !== 'lost' : step.kind === 'arrive';
      if (matters && !this.#shown.has(i)) return false;
      // What an earlier arrival made the host send has its row below this one.
      if (step.host === host && step.sent.length > 0) return false;
    }
    return true;
  }

  #elsewhere(step: Step): void {
    this.#recording.hosts.forEach((_, host) => {
      const state = host === step.host ? undefined : this.#entered(step, host);
      if (state !== undefined && step.kind !== 'arrive') {
        this.#push({ kind: 'note', t: step.t, host, state, text: '' }, step.t);
      }
    });
  }

  /** The state to write beside a host's lifeline after a step, if it is another than before. */
  #entered(step: Step, host: number): TcpState | undefined {
    const before = this.#recording.steps[step.index - 1]?.hosts[host]?.state ?? 'CLOSED';
    const after = step.hosts[host]?.state;
    return after !== before ? after : undefined;
  }

  #silenceBefore(t: Nanos): void {
    const length = t - this.#latest;
    if (length <= 0 || length < this.#shortSilence || this.rows.length === 0) return;
    const latest = this.#latest;
    const quiet = !this.#recording.flights.some((f) => f.sentAt < t && Math.min(f.arrivesAt, f.lostAt) > latest);
    this.rows.push({ kind: 'silence', length, quiet });
  }

  #push(row: LadderRow, until: Nanos): void {
    this.rows.push(row);
    this.#latest = Math.max(this.#latest, until);
  }
}

function noteText(step: Step): string {
  if (step.kind === 'timer') return `${step.label} timer`;
  return step.label;
}
