/** Detector 1: more SYNs than this target is used to. Adaptive threshold over a moving average. */
import { grouped, short } from '../figures.ts';
import type { DetectorInfo, Finding, TargetWindow } from './types.ts';
import type { WindowDetector } from './window-detector.ts';

/** alpha, beta and k as published. */
const ALPHA = 0.5;
const BETA = 0.98;
const IN_A_ROW = 4;
/** Seconds that make the first average. */
const TRAINING = 10;
/** Below so many a second, chance makes half as many again, four times in a row, within an hour (Poisson, mean 20). */
const LEAST = 30;

export const SYN_RATE: DetectorInfo = {
  id: 'syn-rate',
  title: 'SYN rate against what is usual',
  formula: `x >= (1 + ${ALPHA}) mu and x >= ${LEAST}, ${IN_A_ROW} times in a row; mu = ${BETA} mu + 0.02 x`,
  source:
    'Siris, Papagalou: Application of anomaly detection algorithms for detecting SYN flooding attacks, GLOBECOM 2004',
  window: '1 s (10 s in the paper, which looked at an uplink of a university)',
  threshold: `1.5 times the moving average, for ${IN_A_ROW} s`,
  blindSpots: [
    'It cannot tell a flood from many people: a flash crowd raises the rate as well.',
    `It needs ${TRAINING} s from before: of a capture that begins within a flood it cannot judge.`,
    'A flood that grows slowly is learned as usual; one below half of the usual rate is not seen.',
    'The average does not learn while the rate is above the threshold (in the paper it does): else each flood ends after a minute.',
  ],
};

export class SynRate implements WindowDetector {
  /** Seconds seen, up to the end of training. */
  #seen = 0;
  #mean = 0;
  /** Windows above the threshold in a row, and when the first began. */
  #above = 0;
  #roseAt = -1;
  #onset = -1;
  #end = -1;
  /** The highest window, and its threshold. */
  #most = 0;
  #mostThreshold = LEAST;
  /** SYNs in training, at most in a second of it, and since. */
  #trained = 0;
  #trainedMost = 0;
  #since = 0;
  /** Of the windows in alarm. */
  #alarmMost = 0;
  #alarmThreshold = LEAST;

  window(w: Readonly<TargetWindow>): void {
    const x = w.syn;
    if (this.#seen < TRAINING) {
      this.#mean += (x - this.#mean) / ++this.#seen;
      this.#trained += x;
      this.#trainedMost = Math.max(this.#trainedMost, x);
      return;
    }
    this.#since += x;
    const threshold = Math.max((1 + ALPHA) * this.#mean, LEAST);
    if (x > this.#most) {
      this.#most = x;
      this.#mostThreshold = threshold;
    }
    if (x < threshold) {
      this.#above = 0;
      this.#mean = BETA * this.#mean + (1 - BETA) * x;
      return;
    }
    if (this.#above++ === 0) this.#roseAt = w.start;
    if (this.#above < IN_A_ROW) return;
    if (this.#onset < 0) this.#onset = this.#roseAt;
    this.#end = w.start + w.length;
    if (x > this.#alarmMost) {
      this.#alarmMost = x;
      this.#alarmThreshold = threshold;
    }
  }

  idle(seconds: number): void {
    const training = Math.min(seconds, TRAINING - this.#seen);
    if (training > 0) {
      this.#mean *= this.#seen / (this.#seen + training);
      this.#seen += training;
    }
    if (seconds > training) this.#mean *= BETA ** (seconds - training);
    this.#above = 0;
  }

  finding(): Finding {
    const fires = this.#onset >= 0;
    // A flood that was already there at first would be taken for what is usual.
    const busiest = this.#trainedMost >= LEAST && this.#trained > this.#since;
    const trained = this.#seen >= TRAINING && !busiest;
    const value = fires ? this.#alarmMost : this.#most;
    const threshold = fires ? this.#alarmThreshold : this.#mostThreshold;
    return {
      detector: SYN_RATE.id,
      state: fires ? 'fires' : trained ? 'quiet' : 'cannot-judge',
      onset: this.#onset,
      end: this.#end,
      onsetWithin: fires ? SEC : 0,
      endWithin: fires ? SEC : 0,
      value,
      threshold,
      sentence: fires
        ? `SYNs came faster than usual: up to ${grouped(value)} in a second, where ${grouped(threshold)} was the threshold.`
        : trained
          ? `After the first ${TRAINING} s, SYNs came no faster than usual for ${IN_A_ROW} seconds in a row; at most ${grouped(value)} in a second.`
          : busiest
            ? `Most SYNs came in the first ${TRAINING} s, at most ${grouped(this.#trainedMost)} in a second, so nothing shows what is usual here.`
            : `The capture has less than ${TRAINING} s from which to learn what is usual here.`,
      evidence: [
        {
          label: `most SYNs, copies included, in one of the first ${TRAINING} seconds`,
          value: grouped(this.#trainedMost),
        },
        ...(this.#most > 0
          ? [
              { label: fires ? 'most in a second of the alarm' : 'most in a second after them', value: grouped(value) },
              { label: 'threshold in that second', value: `${short(threshold)} a second` },
            ]
          : []),
        { label: 'moving average at the end', value: `${short(this.#mean)} a second` },
      ],
    };
  }
}

const SEC = 1e9;
