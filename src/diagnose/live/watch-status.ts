/** What a watch has to say at one moment, as plain data for screens, lines, JSON and metrics. */
import type { VerdictTotals } from '../examiner.ts';
import type { Confidence, JudgementKind, Subject } from '../findings.ts';
import type { Alarm } from './alarm-book.ts';

/** A second, over the last few seconds of the capture. */
export interface WatchRates {
  readonly packets: number;
  readonly syn: number;
  readonly synack: number;
  readonly completed: number;
  readonly refused: number;
}

/** One value for each of the last seconds, oldest first. */
export interface WatchHistory {
  readonly syn: readonly number[];
  readonly completed: readonly number[];
  readonly halfOpen: readonly number[];
}

export interface TargetStatus {
  readonly subject: Subject;
  /** SYNs a second, as in `WatchRates`. */
  readonly synRate: number;
  readonly attempts: number;
  readonly completed: number;
  readonly halfOpen: number;
  /** What it is judged to be, 'nothing' where nothing is to be said. */
  readonly kind: JudgementKind;
  readonly level: Confidence['level'];
}

/** When the first packet was captured, since the epoch; both 0 without times. */
export interface CaptureStart {
  readonly startSec: number;
  readonly startNanos: number;
}

export interface WatchStatus extends CaptureStart {
  /** ns since the first packet. */
  readonly at: number;
  readonly packets: number;
  readonly tcp: number;
  readonly syn: number;
  readonly synack: number;
  readonly rst: number;
  readonly fin: number;
  readonly rates: WatchRates;
  readonly history: WatchHistory;
  readonly totals: VerdictTotals;
  /** Attempts that wait for their third segment now, as far as the packets show. */
  readonly halfOpen: number;
  /** Most SYNs first. */
  readonly targets: readonly TargetStatus[];
  readonly alarms: readonly Alarm[];
  /** Latest first. */
  readonly ended: readonly Alarm[];
  readonly alarmsBegun: number;
  /** Frames that are no whole TCP segments, by reason; `damaged`: broken or cut, not just something else. */
  readonly skipped: readonly { readonly name: string; readonly count: number; readonly damaged: boolean }[];
  /** The table of attempts: rows in use and their bytes, and how many were let go, after a silence or for room. */
  readonly table: {
    readonly rows: number;
    readonly bytes: number;
    readonly expired: number;
    readonly evicted: number;
  };
}
