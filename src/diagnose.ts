/** The judge: what became of every connection attempt, from segments alone. Never imports the engine. */
export type {
  Attempt,
  AttemptSink,
  Detail,
  Direction,
  Evidence,
  Fingerprint,
  FlowFacts,
  HandshakeTiming,
  OfferedOptions,
  Schedule,
  Side,
} from './diagnose/attempt.ts';
export type { DetectorInfo, EvidenceRow, Finding, TargetWindow } from './diagnose/detect/types.ts';
export { DETECTORS } from './diagnose/detectors.ts';
export {
  Examiner,
  type ExaminerOptions,
  type FrameLike,
  type VerdictTotals,
  verdictTotals,
} from './diagnose/examiner.ts';
export type {
  Confidence,
  Findings,
  IsnQuality,
  Judgement,
  JudgementKind,
  QueueEstimate,
  RateCurve,
  Reason,
  SourceStatistics,
  Subject,
  Vantage,
} from './diagnose/findings.ts';
export { type FragmentLimits, FragmentTable } from './diagnose/fragment-table.ts';
export type { HandshakeObserver } from './diagnose/handshake-observer.ts';
export type { HandshakeTable } from './diagnose/handshake-table.ts';
export { HandshakeTracker, type TrackerOptions } from './diagnose/handshake-tracker.ts';
export type { Alarm, AlarmEvent } from './diagnose/live/alarm-book.ts';
export { LiveWatch, type LiveWatchOptions } from './diagnose/live/live-watch.ts';
export type { CaptureStart, TargetStatus, WatchStatus } from './diagnose/live/watch-status.ts';
export { PacketCounts } from './diagnose/packet-counts.ts';
export { Fact, VERDICT_NAMES, Verdict, verdictOf } from './diagnose/verdict.ts';
