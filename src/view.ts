/** What people look at, as pure data and text: handshakes, floods, captures and what is found in them. */

export type { AttemptColumn, CaptureFrame, ColumnKind, ColumnValue } from './view/attempt-columns.ts';
export { ATTEMPT_COLUMNS } from './view/attempt-columns.ts';
export { CSV_HEAD, csvLine } from './view/attempt-csv.ts';
export type { AttemptFilter, HostRange, PortRange } from './view/attempt-filter.ts';
export { passes } from './view/attempt-filter.ts';
export { attemptJson } from './view/attempt-json.ts';
export type { AttemptTextOptions } from './view/attempt-text.ts';
export { attemptLines, verdictRole } from './view/attempt-text.ts';
export type { CaptureFile, CaptureInfo } from './view/capture-info.ts';
export { captureJson } from './view/capture-json.ts';
export type { CaptureSummary } from './view/capture-text.ts';
export { summaryLines } from './view/capture-text.ts';
export type { DensityBand, DensityRow, FloodDensity } from './view/density-band.ts';
export { bandUpTo, DENSITY_OWNERS, DENSITY_STEP, densityBand } from './view/density-band.ts';
export { DetailTally } from './view/detail-tally.ts';
export { DETAIL_TEXT, VERDICT_TEXT } from './view/detail-text.ts';
export { detectorLines } from './view/detector-text.ts';
export { FACT_NAMES, factNames } from './view/fact-names.ts';
export { findingsJson } from './view/findings-json.ts';
export { judgementLines, KIND_TEXT } from './view/findings-text.ts';
export type { Defence } from './view/flood-defences.ts';
export { DEFENCES, withDefence } from './view/flood-defences.ts';
export type { FloodKnobs } from './view/flood-knobs.ts';
export { applyKnobs, nominalRate, UNTURNED } from './view/flood-knobs.ts';
export { frameSentence, momentSentence } from './view/flood-sentence.ts';
export type { HeaderField } from './view/header-fields.ts';
export { headerFields } from './view/header-fields.ts';
export type {
  ArrowState,
  LadderArrow,
  LadderLane,
  LadderModel,
  LadderOptions,
  LadderSilence,
  LadderTick,
  LifelineSpan,
  Presence,
  TimerBar,
} from './view/ladder-model.ts';
export { capitalise, flightSteps, ladderModel, presenceOf } from './view/ladder-model.ts';
export type { LadderRow } from './view/ladder-rows.ts';
export { ladderRows } from './view/ladder-rows.ts';
export type { LadderTextOptions } from './view/ladder-text.ts';
export { ladderLines } from './view/ladder-text.ts';
export type { NumberBase, NumberMode, NumberOptions } from './view/numbers.ts';
export { groupDigits, NUMBER_MODES, Numbers, numberBases } from './view/numbers.ts';
export type { Plot, PlotId, PlotLine, PlotOptions, PlotRole } from './view/plot-model.ts';
export { floodPlots, onOneAxis, plotValue, sampleAt, sampleTime } from './view/plot-model.ts';
export { recordingToJson } from './view/recording-json.ts';
export { type ReportInput, reportPage } from './view/report/report-page.ts';
export { TellingAttempts } from './view/report/telling-attempts.ts';
export type { ArrowLabel } from './view/segment-label.ts';
export { arrowLabel, bytesText, fieldsText, flagsName, optionChips, sentAgain } from './view/segment-label.ts';
export { hostName, segmentText, stepClause, stepSentence } from './view/sentence.ts';
export type { CellPart, GridShape, SlotCell, SlotGrid } from './view/slot-grid.ts';
export { gridShape, ownerCounts, slotGrid } from './view/slot-grid.ts';
export type { StateDiagram, StateEdge, StateNode } from './view/state-diagram.ts';
export { stateDiagram } from './view/state-diagram.ts';
export type { TextLine, TextRole, TextSpan } from './view/text-line.ts';
export { plainText } from './view/text-line.ts';
export type { ScaleMode, Silence, TimeScale } from './view/time-scale.ts';
export { timeAt, timeScale, yOf } from './view/time-scale.ts';
export { formatSpan, formatTime, timeDigits } from './view/time-text.ts';
export type { Verdict } from './view/verdict-sentence.ts';
export { verdictOf, verdictSentence } from './view/verdict-sentence.ts';
export type { WhyLevel, WhyLine, WhyPart } from './view/why-text.ts';
export { WHY_LEVELS, whyLine, whyLines, whyMark } from './view/why-text.ts';
export { zeekFoot, zeekHead, zeekLine } from './view/zeek-log.ts';
