/**
 * Everything that is kept of one target under watch: the second under way, detectors, curve, sketches, samples. Of bounded
 * size. Hot: two of these (socket, host) and that of the whole capture are told of every SYN.
 */

import type { AddressVisitor } from '../../wire/address.ts';
import { DOUBLE_ZERO } from '../../wire/double-zero.ts';
import type { Segment } from '../../wire/segment.ts';
import type { AttemptRows } from './attempt-rows.ts';
import type { AttemptRun } from './attempt-run.ts';
import { AttemptSamples } from './attempt-samples.ts';
import { CompletionRatio } from './completion-ratio.ts';
import { CusumAnswers } from './cusum-answers.ts';
import { CusumFin } from './cusum-fin.ts';
import { HalfOpenQueue, type QueueContext } from './half-open-queue.ts';
import { LooseEnds } from './loose-ends.ts';
import { DEFAULT_RETRIES } from './queue-model.ts';
import { Curve, RateSteps } from './rate-curve.ts';
import { SynRate } from './syn-rate.ts';
import { SynSenders } from './syn-senders.ts';
import type { SynShape } from './syn-shape.ts';
import { TallySketch } from './tally-sketch.ts';
import type { Distinct, Tally, TargetCounts, TargetProfile, TargetScope } from './target-profile.ts';
import { EVENTS, Event } from './target-table.ts';
import type { TargetWindow } from './types.ts';
import type { WindowDetector } from './window-detector.ts';

export class TargetWatch {
  readonly scope: TargetScope;
  /** Row of the target table. */
  row = -1;
  attempts = 0;
  readonly watchedFrom: number;
  readonly ends: LooseEnds = new LooseEnds();
  readonly synSamples: AttemptSamples = new AttemptSamples();
  readonly synackSamples: AttemptSamples = new AttemptSamples();
  /** Not of the capture: there shapes are the sum of the hosts', and sources are in a table of their own. */
  #senders: SynSenders | undefined = undefined;
  /** Of a host: whether `#senders` is that of the socket at which all its attempts have been. Most are: so each counts once. */
  #borrows = false;
  /** Entries of the queue: of a host or the capture as if all its ports shared one. */
  readonly queue: HalfOpenQueue;
  /** Second of the capture under way, and what was counted in it. */
  #second: number;
  readonly #counted = new Uint32Array(EVENTS);
  /** New sources of this second, where `SourceTable` does not tell. V8 boxes fractions in plain fields. */
  readonly #newSources: Float64Array;
  readonly #now: Float64Array;
  /** Attempts of this second that have not completed. */
  #unfinished = 0;
  #anything = false;
  #peakRate = 0;
  #peakSecond = -1;
  #peakStrays = 0;
  readonly #ports: TallySketch | undefined;
  readonly #hosts: TallySketch | undefined;
  readonly #curve: RateSteps;
  readonly #detectors: readonly WindowDetector[];
  readonly #window = emptyWindow();
  readonly #columns = new Float64Array(Object.keys(Curve).length);

  /**
   * Watches from `now[0]` on (ns), which is also the time of all it is told. Nothing has come before, so detectors have seen
   * the capture's seconds until then as empty. `newSources[0]`: where somebody else counts new sources.
   */
  constructor(scope: TargetScope, now: Float64Array, newSources: Float64Array = new Float64Array(1)) {
    this.#newSources = newSources;
    this.#now = now;
    const ts = now[0]!;
    this.scope = scope;
    this.watchedFrom = ts;
    this.#second = Math.max(0, Math.floor(ts / SEC));
    this.queue = new HalfOpenQueue(this.#second, scope === 'socket');
    this.#ports = scope === 'socket' ? undefined : new TallySketch();
    this.#hosts = scope === 'capture' ? new TallySketch() : undefined;
    this.#curve = new RateSteps(this.#second);
    this.#detectors = [new SynRate(), new CusumFin(), new CusumAnswers(), new CompletionRatio()];
    for (const detector of this.#detectors) detector.idle(this.#second);
  }

  /** What the SYNs at this target look like; undefined for the capture. */
  get shape(): SynShape | undefined {
    return this.#senders?.shape;
  }

  /** Both are new: until there is an attempt at another socket of the host, what is counted of this one is the host's. */
  borrowFrom(socket: TargetWatch): void {
    socket.#senders ??= new SynSenders();
    this.#senders = socket.#senders;
    this.#borrows = true;
  }

  /**
   * An attempt of a source, in the second that `advanceTo` has named; it counts with its run only: `addRun`. Returns how many
   * new sources that makes. Hot.
   */
  attempt(seg: Readonly<Segment>, sourceHash: number, ttl: number, print: number, unlikely: number): number {
    this.#senders ??= new SynSenders();
    const fresh = this.#senders.add(seg, sourceHash, ttl, print, unlikely);
    this.#newSources[0]! += fresh;
    return fresh;
  }

  /** An attempt that `socket` has just counted. False if this, the host, has to count it, too: they share no longer. Hot. */
  borrow(socket: TargetWatch | undefined, fresh: number): boolean {
    if (!this.#borrows) return false;
    if (socket !== undefined && socket.#senders === this.#senders) {
      this.#newSources[0]! += fresh;
      return true;
    }
    this.#senders = this.#senders?.copy();
    this.#borrows = false;
    return false;
  }

  /** A run of attempts at this host and port, with their hashes. */
  addRun(run: AttemptRun, host: number, hostHash: number, port: number, portHash: number): void {
    const { length } = run;
    this.#anything = true;
    this.attempts += length;
    this.#unfinished += length;
    this.#counted[Event.Attempt]! += length;
    this.#ports?.addMany(port, portHash, length);
    this.#hosts?.addMany(host, hostHash, length);
    this.queue.model.arrive(length, run.first, run.last);
  }

  /** Closes the seconds before this one. */
  advanceTo(second: number): void {
    if (second > this.#second) this.#close(second);
  }

  /** Anything else. Hot. */
  count(event: Event, second: number): void {
    this.advanceTo(second);
    this.#anything = true;
    this.#counted[event]!++;
  }

  /** An entry that began at `since` (ns) is freed. Hot. */
  depart(since: number): void {
    this.queue.model.depart(Math.floor(since / SEC));
  }

  /** An attempt that began at `since` (ns) has completed. Hot. */
  complete(since: number): void {
    this.ends.handshakeTook(this.#now[0]! - since);
    const second = Math.floor(since / SEC);
    if (second < this.#second) this.#curve.complete(second);
    else if (this.#unfinished > 0) this.#unfinished--;
  }

  eachAddress(visit: AddressVisitor): void {
    this.#senders?.sources.eachKey(visit);
    this.#hosts?.eachKey(visit);
    this.synSamples.eachSource(visit);
    this.synackSamples.eachSource(visit);
  }

  /** Closes the seconds before that of `ts`. */
  advance(ts: number): void {
    this.advanceTo(Math.floor(ts / SEC));
  }

  /** The capture ends at `ts`: closes the second under way as well. Nothing may follow. */
  finish(ts: number): void {
    this.advance(ts);
    if (this.#anything) this.#close(this.#second + 1);
  }

  /** What is known of all closed seconds. `whole`: what the capture's watch leaves to others. */
  read(
    address: number,
    port: number,
    counts: TargetCounts,
    context: QueueContext,
    rows: AttemptRows,
    whole: { readonly sources: Tally; readonly shape: SynShape } | undefined = undefined,
  ): TargetProfile {
    const senders = this.#senders ?? NOBODY;
    const queued = this.scope === 'socket';
    const findings = this.#detectors.map((detector) => detector.finding());
    if (queued) findings.push(this.queue.finding(context));
    return {
      scope: this.scope,
      address,
      port,
      counts,
      watchedFrom: this.watchedFrom,
      watched: this.attempts,
      peakRate: this.#peakRate,
      peakAt: this.#peakSecond < 0 ? -1 : this.#peakSecond * SEC,
      peakStrays: this.#peakStrays,
      findings,
      rate: this.#curve.read(),
      sources: whole?.sources ?? senders.sources.read(),
      ports: this.#ports?.read() ?? tallyOfOne(port, this.attempts),
      hosts: this.#hosts?.distinct() ?? ONE,
      traits: (whole?.shape ?? senders.shape).read((print) => rows.optionBytes(print)),
      resending: this.ends.resending(),
      unfinished: this.ends.unfinished(),
      settled: this.ends.settled(),
      reaction: this.ends.reaction(),
      synSamples: this.synSamples.read(),
      synackSamples: this.synackSamples.read(),
      queue: queued ? this.queue.estimate(context) : undefined,
    };
  }

  /** The second under way is over, `next` begins; those in between were empty. */
  #close(next: number): void {
    const second = this.#second;
    const { model } = this.queue;
    if (this.#anything) {
      this.#fill();
      for (const detector of this.#detectors) detector.window(this.#window);
    } else for (const detector of this.#detectors) detector.idle(1);
    model.close(second + 1);
    this.#addToCurve(second);
    // Entries grow old in silence; once none is left, the rest of the gap costs nothing.
    let s = second + 1;
    for (; s < next && model.held(DEFAULT_RETRIES) > 0; s++) {
      model.close(s + 1);
      this.#curve.idle(s, model.held(DEFAULT_RETRIES));
    }
    if (s < next) {
      model.close(next);
      this.#curve.idle(next - 1, 0);
    }
    if (next > second + 1) for (const detector of this.#detectors) detector.idle(next - second - 1);
    this.#second = next;
  }

  #fill(): void {
    const w = this.#window;
    const n = this.#counted;
    w.start = this.#second * SEC;
    w.attempts = n[Event.Attempt]!;
    w.synAgain = n[Event.SynAgain]!;
    w.syn = w.attempts + w.synAgain;
    w.synackAgain = n[Event.SynackAgain]!;
    w.synack = n[Event.Answered]! + w.synackAgain;
    w.completed = n[Event.Completed]!;
    w.refused = n[Event.Refused]!;
    w.aborted = n[Event.Aborted]! + n[Event.TakenBack]!;
    w.fin = n[Event.Fin]!;
    w.newSources = this.#newSources[0]!;
    // In the capture each was sent by one host and received by another.
    w.strayReplies = n[Event.StrayReceived]! + (this.scope === 'capture' ? 0 : n[Event.StraySent]!);
    if (w.strayReplies > this.#peakStrays) this.#peakStrays = w.strayReplies;
    if (w.attempts > this.#peakRate) {
      this.#peakRate = w.attempts;
      this.#peakSecond = this.#second;
    }
    n.fill(0);
    this.#newSources[0] = 0;
    this.#anything = false;
  }

  #addToCurve(second: number): void {
    const w = this.#window;
    const columns = this.#columns;
    columns[Curve.Syn] = w.syn;
    columns[Curve.Synack] = w.synack;
    columns[Curve.Completed] = w.completed;
    columns[Curve.Refused] = w.refused;
    columns[Curve.Unfinished] = this.#unfinished;
    columns[Curve.StrayReplies] = w.strayReplies;
    columns[Curve.NewSources] = w.newSources;
    columns[Curve.HalfOpen] = this.queue.model.held(DEFAULT_RETRIES);
    this.#curve.add(second, columns);
    this.#unfinished = 0;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function emptyWindow(): Writable<TargetWindow> {
  return {
    start: DOUBLE_ZERO,
    length: SEC,
    syn: 0,
    attempts: 0,
    synAgain: 0,
    synack: 0,
    synackAgain: 0,
    completed: 0,
    refused: 0,
    aborted: 0,
    fin: 0,
    newSources: DOUBLE_ZERO,
    strayReplies: 0,
  };
}

/** Of a target with no attempt. */
const NOBODY = new SynSenders();

/** The one port of a socket. */
function tallyOfOne(value: number, total: number): Tally {
  const entropyMost = total > 0 ? Math.log2(total) : 0;
  return { total, distinct: ONE, entropy: 0, entropyMost, top: total > 0 ? [{ value, count: total, over: 0 }] : [] };
}

const ONE: Distinct = { count: 1, error: 0 };
const SEC = 1e9;
