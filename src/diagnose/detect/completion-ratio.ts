/** Detector 4: how many attempts complete, with the uncertainty of so few or so many of them. */
import { counted, grouped, percent } from '../figures.ts';
import type { DetectorInfo, Finding, TargetWindow } from './types.ts';
import { wilson } from './wilson.ts';
import type { WindowDetector } from './window-detector.ts';

/** Half of all attempts; 99 % confidence, two-sided. */
const THRESHOLD = 0.5;
const Z = 2.576;
const BLOCK = 10;

export const COMPLETION_RATIO: DetectorInfo = {
  id: 'completion-ratio',
  title: 'Attempts that complete',
  formula: 'p = completed / (attempts - refused), with the upper end of its Wilson interval at 99 %',
  source: 'Wilson, JASA 22 (1927) 209-212',
  window: `blocks of ${BLOCK} s`,
  threshold: `upper end below ${percent(THRESHOLD)} in some block: 0 of 7 is, 3 of 5 or 0 of 6 is not`,
  blindSpots: [
    'A server that is down or filtered completes nothing either.',
    'A capture of one direction shows no completions.',
    'A flood that completes its handshakes is not seen.',
    'Where few of many attempts are forged, more than half still complete.',
    'Refused attempts are left out: they hold no state.',
  ],
};

export class CompletionRatio implements WindowDetector {
  /** The block under way. */
  #seconds = 0;
  #attempts = 0;
  #completed = 0;
  /** All of it. */
  #allAttempts = 0;
  #allCompleted = 0;
  #allRefused = 0;
  #now = 0;
  /** The lowest upper end of a block, and its counts. */
  #lowest = 1;
  #lowestAttempts = 0;
  #lowestCompleted = 0;
  #onset = -1;
  #end = -1;

  window(w: Readonly<TargetWindow>): void {
    this.#attempts += w.attempts - w.refused;
    this.#completed += w.completed;
    this.#allAttempts += w.attempts;
    this.#allRefused += w.refused;
    this.#allCompleted += w.completed;
    this.#pass(1);
  }

  idle(seconds: number): void {
    const rest = Math.min(seconds, BLOCK - this.#seconds);
    this.#pass(rest);
    this.#now += seconds - rest;
    this.#seconds = (this.#seconds + seconds - rest) % BLOCK;
  }

  finding(): Finding {
    const { lowest, attempts, completed, onset, end } = this.#judged();
    // Of a capture shorter than a block there is less.
    const within = Math.min(BLOCK * SEC, end - onset);
    const judged = this.#allAttempts - this.#allRefused;
    const all = wilson(this.#allCompleted, judged, Z);
    const fires = lowest < THRESHOLD;
    const ratio = `${grouped(this.#allCompleted)} of ${counted(judged, 'attempt')} completed`;
    return {
      detector: COMPLETION_RATIO.id,
      state: fires ? 'fires' : 'quiet',
      onset,
      end,
      onsetWithin: within,
      endWithin: within,
      value: lowest,
      threshold: THRESHOLD,
      sentence: fires
        ? `${ratio}; at worst ${grouped(completed)} of ${grouped(attempts)} in ${BLOCK} s, so at most ${percent(lowest)}.`
        : `${ratio}: ${judged === 0 ? 'nothing to go by' : `between ${percent(all.low)} and ${percent(all.high)}`}.`,
      evidence: [
        { label: 'completed', value: `${grouped(this.#allCompleted)} of ${grouped(judged)}` },
        { label: 'share, with 99 % confidence', value: `${percent(all.low)} to ${percent(all.high)}` },
        {
          label: `worst ${BLOCK} s`,
          value: `${grouped(completed)} of ${grouped(attempts)}, at most ${percent(lowest)}`,
        },
        { label: 'refused, left out', value: grouped(this.#allRefused) },
      ],
    };
  }

  #pass(seconds: number): void {
    this.#seconds += seconds;
    this.#now += seconds;
    if (this.#seconds < BLOCK) return;
    const judged = this.#judged();
    this.#lowest = judged.lowest;
    this.#lowestAttempts = judged.attempts;
    this.#lowestCompleted = judged.completed;
    this.#onset = judged.onset;
    this.#end = judged.end;
    this.#seconds = 0;
    this.#attempts = 0;
    this.#completed = 0;
  }

  /** With the block under way, as if it ended now. */
  #judged(): { lowest: number; attempts: number; completed: number; onset: number; end: number } {
    const attempts = Math.max(this.#attempts, this.#completed);
    const { high } = wilson(this.#completed, attempts, Z);
    const below = high < THRESHOLD;
    const worse = attempts > 0 && high < this.#lowest;
    return {
      lowest: worse ? high : this.#lowest,
      attempts: worse ? attempts : this.#lowestAttempts,
      completed: worse ? this.#completed : this.#lowestCompleted,
      onset: below && this.#onset < 0 ? (this.#now - this.#seconds) * SEC : this.#onset,
      end: below ? this.#now * SEC : this.#end,
    };
  }
}

const SEC = 1e9;
