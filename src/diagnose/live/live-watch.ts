/**
 * A capture examined while it goes on: each second of the capture is sampled, and from time to time judged, which begins and
 * ends alarms. No clock: time is that of the packets, and `passTime` for the silence after them.
 */
import type { AddressVisitor } from '../../wire/address.ts';
import { DecodeStatus, STATUS_NAMES } from '../../wire/status.ts';
import type { TargetProfile } from '../detect/target-profile.ts';
import { vantageOf } from '../detect/vantage.ts';
import { Examiner, type FrameLike, type VerdictTotals, verdictTotals } from '../examiner.ts';
import type { Judgement } from '../findings.ts';
import type { AddressHolder } from '../held-addresses.ts';
import { judge } from '../judgement.ts';
import { AlarmBook, type AlarmEvent } from './alarm-book.ts';
import { RecentCounts } from './recent-counts.ts';
import { SampleHistory } from './sample-history.ts';
import type { CaptureStart, TargetStatus, WatchStatus } from './watch-status.ts';

export interface LiveWatchOptions {
  /** Stirs hash tables; results do not depend on it. Default 0. */
  readonly seed?: number;
  /** Filled in by whoever reads the frames, before the first of them comes here. */
  readonly start: CaptureStart;
  /** Told of alarms in the order in which they begin, change and end. */
  readonly onEvent: (event: AlarmEvent) => void;
}

export class LiveWatch {
  readonly examiner: Examiner;
  /** Capture time: the latest of the frames so far, in ns since the first. */
  at = 0;
  readonly #recent: RecentCounts;
  readonly #start: CaptureStart;
  readonly #onEvent: (event: AlarmEvent) => void;
  readonly #book = new AlarmBook();
  readonly #history = new SampleHistory(SAMPLED);
  #targets: readonly TargetStatus[] = [];
  /** Attempts that would stand in queues now, as the packets show. */
  #waiting = 0;
  #judgedAt = 0;
  #judgedPackets = 0;
  /** By socket: SYNs at the last look. */
  #syns = new Map<number, number>();

  constructor({ seed = 0, start, onEvent }: LiveWatchOptions) {
    this.#recent = new RecentCounts(seed, () => verdictTotals(this.examiner.tracker));
    const limits = { maxAttempts: MOST_ATTEMPTS };
    const holds: AddressHolder = (visit) => this.#eachAddress(visit);
    this.examiner = new Examiner({ seed, counts: this.#recent, limits, flows: 0, holds });
    this.#start = start;
    this.#onEvent = onEvent;
  }

  onFrame(frame: FrameLike): void {
    if (frame.ts >= this.#history.due) this.#second(frame.ts);
    this.examiner.onFrame(frame);
    if (frame.ts > this.at) this.at = frame.ts;
  }

  /** Nothing came until `now`, by the clock of whoever waits: alarms may end of it. */
  passTime(now: number): void {
    for (const event of this.#book.passTime(now)) this.#onEvent(event);
  }

  /** No more frames. */
  finish(): void {
    this.examiner.finish();
    this.#judge(this.at, true);
    for (const event of this.#book.finish(this.at)) this.#onEvent(event);
  }

  /** `seconds`: what rates are means of; `past`: how much history. */
  status(seconds: number, past: number): WatchStatus {
    const { counts, tracker } = this.examiner;
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
      halfOpen: this.#waiting,
      targets: this.#targets,
      alarms: this.#book.going,
      ended: this.#book.recent,
      alarmsBegun: this.#book.begun,
      skipped: [...counts.byStatus]
        .map((count, status) => ({ name: STATUS_NAMES[status]!, count, damaged: !WHOLE.includes(status) }))
        .filter(({ count }, status) => status !== DecodeStatus.Ok && count > 0),
      table: { rows: tracker.handshakes.held, bytes, expired, evicted },
    };
  }

  #eachAddress(visit: AddressVisitor): void {
    this.#book.eachAddress(visit);
    for (const { subject } of this.#targets) visit(subject.address);
    for (const key of this.#syns.keys()) visit(Math.floor(key / 65_536));
  }

  #second(now: number): void {
    const { counts, tracker } = this.examiner;
    const late = now - this.#judgedAt >= JUDGE_AT_LEAST;
    if (late || counts.packets - this.#judgedPackets >= JUDGE_AFTER) this.#judge(now);
    const { completed, refused } = verdictTotals(tracker);
    this.#history.add(now, [counts.packets, counts.syn, counts.synack, completed, refused, this.#waiting]);
  }

  /** `last`: what goes on is told to end next, so not that it goes on. */
  #judge(now: number, last = false): void {
    const report = this.#recent.report(now);
    const { ledger } = report;
    const totals = since(this.#recent.before, verdictTotals(this.examiner.tracker));
    const judgements = judge({
      ...report,
      vantage: vantageOf(totals, ledger.capture.counts),
      cannotJudge: totals.cannotJudge,
      duration: now,
      format: (address) => this.examiner.addresses.format(address),
    });
    this.#waiting = ledger.capture.rate.halfOpen.at(-1) ?? 0;
    this.#targets = this.#busiest(ledger.targets, judgements, Math.max(now - this.#judgedAt, SEC) / SEC);
    this.#judgedAt = now;
    this.#judgedPackets = this.examiner.counts.packets;
    for (const event of this.#book.judge(now, judgements)) {
      if (!last || event.type !== 'alarm-update') this.#onEvent(event);
    }
  }

  /** `seconds`: since the last look, for rates. */
  #busiest(
    profiles: readonly TargetProfile[],
    judgements: readonly Judgement[],
    seconds: number,
  ): readonly TargetStatus[] {
    const syns = new Map<number, number>();
    const rows: TargetStatus[] = [];
    for (const { scope, address, port, counts, rate } of profiles) {
      if (scope !== 'socket') continue;
      const key = address * 65_536 + port;
      const count = counts.attempts + counts.synAgain;
      syns.set(key, count);
      const before = this.#syns.get(key) ?? 0;
      const judgement = judgements.find(
        ({ end, subject }) =>
          end < 0 && subject.role === 'target' && subject.address === address && subject.port === port,
      );
      rows.push({
        subject: { role: 'target', address, port, prefix: '' },
        // Where counting began anew, what there was before is not known.
        synRate: count >= before ? (count - before) / seconds : 0,
        attempts: counts.attempts,
        completed: counts.completed,
        halfOpen: rate.halfOpen.at(-1) ?? 0,
        kind: judgement?.kind ?? 'nothing',
        level: judgement?.confidence.level ?? 'low',
      });
    }
    this.#syns = syns;
    return rows.sort((a, b) => b.synRate - a.synRate || b.attempts - a.attempts).slice(0, MOST_TARGETS);
  }
}

/** What was counted since `before`, or since ever. */
function since(before: VerdictTotals | undefined, now: VerdictTotals): VerdictTotals {
  if (before === undefined) return now;
  const names = Object.keys(now) as (keyof VerdictTotals)[];
  const counts = names.map((name): [keyof VerdictTotals, number] => [name, now[name] - before[name]]);
  return Object.fromEntries(counts) as Record<keyof VerdictTotals, number>;
}

const SEC = 1e9;
const MOST_TARGETS = 50;
/** Some 300 bytes each, with all that is kept of a flow: 40 MB. What is evicted is told to whoever counts, as it stands. */
const MOST_ATTEMPTS = 131_072;
/** What is sampled. */
const PACKETS = 0;
const SYNS = 1;
const SYNACKS = 2;
const COMPLETED = 3;
const REFUSED = 4;
const HALF_OPEN = 5;
const SAMPLED = 6;
/** Judging looks at all targets: after so many packets, or so much capture time, whatever comes first. */
const JUDGE_AFTER = 100;
const JUDGE_AT_LEAST = 5e9;
/** Not TCP, and for no fault. */
const WHOLE: readonly number[] = [DecodeStatus.Ok, DecodeStatus.NotIp, DecodeStatus.NotTcp, DecodeStatus.Fragment];
