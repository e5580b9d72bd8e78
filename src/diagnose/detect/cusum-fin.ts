/** Detector 2: connections that are opened and never end. CUSUM of SYN less FIN and RST. */
import { counted, grouped, short } from '../figures.ts';
import { CUSUM_DRIFT, CUSUM_THRESHOLD, LEAST_AVERAGE, PairCusum, PERIOD } from './pair-cusum.ts';
import type { DetectorInfo, Finding, TargetWindow } from './types.ts';
import type { WindowDetector } from './window-detector.ts';

export const CUSUM_FIN: DetectorInfo = {
  id: 'cusum-fin',
  title: 'More openings than ends (SYN - FIN)',
  formula: `y = max(0, y + (SYN - FIN) / F - a), F = 0.9 F + 0.1 FIN, at least ${LEAST_AVERAGE}; a = ${CUSUM_DRIFT}`,
  source: 'Wang, Zhang, Shin: Detecting SYN Flooding Attacks, INFOCOM 2002',
  window: `${PERIOD} s`,
  threshold: `y > N = ${CUSUM_THRESHOLD}`,
  blindSpots: [
    'Connections that live long have no FIN yet: a capture of only their beginnings looks like a flood.',
    'Whoever sends a forged FIN or RST with each SYN is not seen (Thing, Sloman, Dulay 2007).',
    `At a quiet target fewer than ${Math.ceil((LEAST_AVERAGE * (CUSUM_DRIFT + CUSUM_THRESHOLD)) / PERIOD)} SYN/s over one period are not seen.`,
    'A capture filtered to SYNs has no FINs at all.',
  ],
};

export class CusumFin implements WindowDetector {
  readonly #cusum = new PairCusum();
  #opened = 0;
  #closed = 0;

  window(w: Readonly<TargetWindow>): void {
    // A refused or aborted attempt has ended as well; the paper pairs its SYN with that RST.
    const closed = w.fin + w.refused + w.aborted;
    this.#opened += w.attempts;
    this.#closed += closed;
    this.#cusum.add(w.attempts, closed);
  }

  idle(seconds: number): void {
    this.#cusum.idle(seconds);
  }

  finding(): Finding {
    const { most, onset, end, within } = this.#cusum.read();
    const fires = most > CUSUM_THRESHOLD;
    const numbers = `${counted(this.#opened, 'attempt')}, of which ${grouped(this.#closed)} ended by FIN or RST`;
    return {
      detector: CUSUM_FIN.id,
      state: fires ? 'fires' : 'quiet',
      onset,
      end,
      onsetWithin: within,
      endWithin: within,
      value: most,
      threshold: CUSUM_THRESHOLD,
      sentence: fires
        ? `More is opened than ends: ${numbers}; the sum rose to ${short(most)}, above ${CUSUM_THRESHOLD}.`
        : `As much ends as is opened, or too little to tell: ${numbers}; the sum rose to ${short(most)} at most.`,
      evidence: [
        { label: 'attempts', value: grouped(this.#opened) },
        { label: 'ended by FIN, or by RST while opening', value: grouped(this.#closed) },
        { label: 'highest y', value: `${short(most)} (threshold ${CUSUM_THRESHOLD})` },
      ],
    };
  }
}
