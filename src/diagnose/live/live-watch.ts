/**
 * A capture examined while it goes on: each second of the capture is sampled, and from time to time judged, which begins and
 * ends alarms. No clock: time is that of the packets, and `passTime` for the silence after them.
 */
import { DecodeStatus, STATUS_NAMES } from '../../wire/status.ts';
import type { TargetProfile } from '../detect/target-profile.ts';
import { type Examiner, type FrameLike, type VerdictTotals, verdictTotals } from '../examiner.ts';
import type { Judgement } from '../findings.ts';
import { AlarmBook, type AlarmEvent } from './alarm-book.ts';
import { SampleHistory } from './sample-history.ts';
import type { CaptureStart, TargetStatus, WatchStatus } from './watch-status.ts';

/** What is said of the capture so far. */
export interface Look {
  readonly judgements: readonly Judgement[];
  /** Busiest first. */
  readonly targets: readonly TargetProfile[];
}

export interface LiveWatchOptions {
  readonly examiner: Examiner;
  /** Filled in by whoever reads the frames, before the first of them comes here. */
  readonly start: CaptureStart;
  /** Asked at the end of a second of the capture, at most once. */
  readonly look: () => Look;
  /** Told of alarms in the order in which they begin, change and end. */
  readonly onEvent: (event: AlarmEvent) => void;
}

export class LiveWatch {
  /** Capture time: the latest of the frames so far, in ns since the first. */
  at = 0;
  readonly #examiner: Examiner;
  readonly #start: CaptureStart;
  readonly #look: () => Look;
  readonly #onEvent: (event: AlarmEvent) => void;
  readonly #book = new AlarmBook();
  readonly #history = new SampleHistory(SAMPLED);
  #judged: Look = { judgements: [], targets: [] };
  #judgedAt = 0;
  #judgedPackets = 0;
  /** By socket: SYNs at the last look, and a second between that and the one before. */
  #syns = new Map<number, number>();
  #synRates = new Map<number, number>();

  constructor({ examiner, start, look, onEvent }: LiveWatchOptions) {
    this.#start = start;
    this.#examiner = examiner;
    this.#look = look;
    this.#onEvent = onEvent;
  }

  onFrame(frame: FrameLike): void {
    if (frame.ts >= this.#history.due) this.#second(frame.ts);
    this.#examiner.onFrame(frame);
    if (frame.ts > this.at) this.at = frame.ts;
  }

  /** Nothing came until `now`, by the clock of whoever waits: alarms may end of it. */
  passTime(now: number): void {
    for (const event of this.#book.passTime(now)) this.#onEvent(event);
  }

  /** No more frames. */
  finish(): void {
    this.#judge(this.at);
    for (const event of this.#book.finish(this.at)) this.#onEvent(event);
  }

  /** `seconds`: what rates are means of; `past`: how much history. */
  status(seconds: number, past: number): WatchStatus {
    const { counts } = this.#examiner;
    const { tracker } = this.#examiner;
    const totals = verdictTotals(tracker);
    const { bytes, expired, evicted } = tracker;
    const rate = (which: number): number => this.#history.rate(which, seconds);
    return {
      at: this.at,
      startSec: this.#start.startSec,
      startNanos: this.#start.startNanos,
      packets: counts.packets,
      tcp: counts.tcp,
      syn: counts.syn,
      synack: counts.synack,
      rst: counts.rst,
      fin: counts.fin,
      rates: {
        packets: rate(PACKETS),
        syn: rate(SYNS),
        synack: rate(SYNACKS),
        completed: rate(COMPLETED),
        refused: rate(REFUSED),
      },
      history: {
        syn: this.#history.rates(SYNS, past),
        completed: this.#history.rates(COMPLETED, past),
        halfOpen: this.#history.levels(HALF_OPEN, past),
      },
      totals,
      halfOpen: totals.halfOpen,
      targets: this.#targets(),
      alarms: this.#book.going,
      ended: this.#book.recent,
      alarmsBegun: this.#book.begun,
      skipped: [...counts.byStatus]
        .map((count, status) => ({ name: STATUS_NAMES[status]!, count, damaged: !WHOLE.includes(status) }))
        .filter(({ count }, status) => status !== DecodeStatus.Ok && count > 0),
      table: { rows: tracker.handshakes.held, bytes, expired, evicted },
    };
  }

  #targets(): TargetStatus[] {
    const { targets, judgements } = this.#judged;
    const rows = targets
      .filter(({ scope }) => scope === 'socket')
      .map(({ address, port, counts, rate }): TargetStatus => {
        const judgement = judgements.find(
          ({ end, subject }) =>
            end < 0 && subject.role === 'target' && subject.address === address && subject.port === port,
        );
        return {
          subject: { role: 'target', address, port, prefix: '' },
          synRate: this.#synRates.get(socketKey(address, port)) ?? 0,
          attempts: counts.attempts,
          completed: counts.completed,
          halfOpen: rate.halfOpen.at(-1) ?? 0,
          kind: judgement?.kind ?? 'nothing',
          level: judgement?.confidence.level ?? 'low',
        };
      });
    return rows.sort((a, b) => b.synRate - a.synRate || b.attempts - a.attempts).slice(0, MOST_TARGETS);
  }

  #second(now: number): void {
    const { counts, tracker } = this.#examiner;
    const totals: VerdictTotals = verdictTotals(tracker);
    const { completed, refused, halfOpen } = totals;
    this.#history.add(now, [counts.packets, counts.syn, counts.synack, completed, refused, halfOpen]);
    const late = now - this.#judgedAt >= JUDGE_AT_LEAST;
    if (late || counts.packets - this.#judgedPackets >= JUDGE_AFTER) this.#judge(now);
  }

  /** SYNs a second at each socket, over the time since the last look. */
  #measure(elapsed: number): void {
    const syns = new Map<number, number>();
    const rates = new Map<number, number>();
    for (const { scope, address, port, counts } of this.#judged.targets) {
      if (scope !== 'socket') continue;
      const key = socketKey(address, port);
      const count = counts.attempts + counts.synAgain;
      syns.set(key, count);
      rates.set(key, Math.max(0, count - (this.#syns.get(key) ?? 0)) / (elapsed / SEC));
    }
    this.#syns = syns;
    this.#synRates = rates;
  }

  #judge(now: number): void {
    this.#judged = this.#look();
    this.#measure(Math.max(now - this.#judgedAt, SEC));
    this.#judgedAt = now;
    this.#judgedPackets = this.#examiner.counts.packets;
    for (const event of this.#book.judge(now, this.#judged.judgements)) this.#onEvent(event);
  }
}

function socketKey(address: number, port: number): number {
  return address * 65_536 + port;
}

const SEC = 1e9;
const MOST_TARGETS = 50;
/** What is sampled. */
const PACKETS = 0;
const SYNS = 1;
const SYNACKS = 2;
const COMPLETED = 3;
const REFUSED = 4;
const HALF_OPEN = 5;
const SAMPLED = 6;
/** Judging looks at all targets: after so many packets, or so much capture time, whatever comes first. */
const JUDGE_AFTER = 500;
const JUDGE_AT_LEAST = 5e9;
/** Not TCP, and for no fault. */
const WHOLE: readonly number[] = [DecodeStatus.Ok, DecodeStatus.NotIp, DecodeStatus.NotTcp, DecodeStatus.Fragment];
