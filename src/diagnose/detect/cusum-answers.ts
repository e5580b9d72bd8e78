/** Detector 3: SYNs without SYN/ACK, and SYN/ACKs without ACK. Two CUSUMs side by side. */
import { counted, grouped, short } from '../figures.ts';
import { CUSUM_DRIFT, CUSUM_THRESHOLD, LEAST_AVERAGE, PairCusum, PERIOD } from './pair-cusum.ts';
import type { DetectorInfo, Finding, TargetWindow } from './types.ts';
import type { WindowDetector } from './window-detector.ts';

export const CUSUM_ANSWERS: DetectorInfo = {
  id: 'cusum-answers',
  title: 'Handshakes that stop half way (SYN - SYN/ACK, SYN/ACK - ACK)',
  formula: `y = max(0, y + (opened - closed) / F - a), F = 0.9 F + 0.1 closed, at least ${LEAST_AVERAGE}; a = ${CUSUM_DRIFT}`,
  source: 'Wang, Zhang, Shin: SYN-dog, ICDCS 2002',
  window: `${PERIOD} s`,
  threshold: `y > N = ${CUSUM_THRESHOLD}, in either of the two`,
  blindSpots: [
    'A capture of one direction has no answers at all: it cannot judge.',
    'A server that answers everything with SYN cookies has no gap between SYN and SYN/ACK; the second sum sees it.',
    'Frames lost by the capture look like answers that never came.',
    `At a quiet target fewer than ${Math.ceil((LEAST_AVERAGE * (CUSUM_DRIFT + CUSUM_THRESHOLD)) / PERIOD)} SYN/s over one period are not seen.`,
  ],
};

export class CusumAnswers implements WindowDetector {
  /** SYN to SYN/ACK (or RST), and SYN/ACK to ACK (or RST). */
  readonly #answer = new PairCusum();
  readonly #completion = new PairCusum();
  #attempts = 0;
  #answered = 0;
  #refused = 0;
  #completed = 0;
  #aborted = 0;

  window(w: Readonly<TargetWindow>): void {
    const answered = w.synack - w.synackAgain;
    this.#attempts += w.attempts;
    this.#answered += answered;
    this.#refused += w.refused;
    this.#completed += w.completed;
    this.#aborted += w.aborted;
    this.#answer.add(w.attempts, answered + w.refused);
    this.#completion.add(answered, w.completed + w.aborted);
  }

  idle(seconds: number): void {
    this.#answer.idle(seconds);
    this.#completion.idle(seconds);
  }

  finding(): Finding {
    const answer = this.#answer.read();
    const completion = this.#completion.read();
    // The later step first: where answers do come, those that nobody acknowledges say more than those that are missing.
    const { most, onset, end, within } = completion.most > CUSUM_THRESHOLD ? completion : answer;
    const silent = this.#answered + this.#refused === 0;
    const fires = most > CUSUM_THRESHOLD;
    return {
      detector: CUSUM_ANSWERS.id,
      state: silent ? 'cannot-judge' : fires ? 'fires' : 'quiet',
      onset: silent ? -1 : onset,
      end: silent ? -1 : end,
      onsetWithin: silent ? 0 : within,
      endWithin: silent ? 0 : within,
      value: most,
      threshold: CUSUM_THRESHOLD,
      sentence: this.#sentence(silent, completion.most > CUSUM_THRESHOLD, fires, most),
      evidence: [
        { label: 'attempts', value: grouped(this.#attempts) },
        { label: 'answered by SYN/ACK', value: grouped(this.#answered) },
        { label: 'answered by RST', value: grouped(this.#refused) },
        { label: 'acknowledged', value: grouped(this.#completed) },
        { label: 'reset after the SYN/ACK', value: grouped(this.#aborted) },
        { label: 'highest y of SYN - SYN/ACK', value: short(answer.most) },
        { label: 'highest y of SYN/ACK - ACK', value: short(completion.most) },
      ],
    };
  }

  #sentence(silent: boolean, unacknowledged: boolean, fires: boolean, most: number): string {
    const rose = `the sum rose to ${short(most)}, above ${CUSUM_THRESHOLD}`;
    if (silent) return 'No answer to any SYN is in the capture: sent elsewhere, or never sent.';
    if (unacknowledged)
      return `SYN/ACKs are not acknowledged: ${grouped(this.#completed)} of ${grouped(this.#answered)} were; ${rose}.`;
    if (fires)
      return `SYNs are not answered: ${grouped(this.#answered + this.#refused)} of ${counted(this.#attempts, 'attempt')} were; ${rose}.`;
    return `SYNs are answered and answers acknowledged, or there were too few to tell; the sums rose to ${short(most)} at most.`;
  }
}
