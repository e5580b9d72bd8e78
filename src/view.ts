/** What people look at, as pure data and text: numbers, sentences, reasons, ladders, header fields. */
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
export type { NumberBase, NumberMode, NumberOptions } from './view/numbers.ts';
export { groupDigits, NUMBER_MODES, Numbers, numberBases } from './view/numbers.ts';
export type { ArrowLabel } from './view/segment-label.ts';
export { arrowLabel, bytesText, fieldsText, flagsName, optionChips } from './view/segment-label.ts';
export type { ScaleMode, Silence, TimeScale } from './view/time-scale.ts';
export { timeAt, timeScale, yOf } from './view/time-scale.ts';
