/** The ten detectors, in the order in which documents and reports list them. */
import { BACKSCATTER } from './detect/backscatter.ts';
import { COMPLETION_RATIO } from './detect/completion-ratio.ts';
import { CUSUM_ANSWERS } from './detect/cusum-answers.ts';
import { CUSUM_FIN } from './detect/cusum-fin.ts';
import { DST_PORT_ENTROPY } from './detect/dst-port-entropy.ts';
import { HALF_OPEN } from './detect/half-open-queue.ts';
import { SOURCE_ENTROPY } from './detect/source-entropy.ts';
import { SYN_FINGERPRINT } from './detect/syn-fingerprint.ts';
import { SYN_RATE } from './detect/syn-rate.ts';
import type { DetectorInfo } from './detect/types.ts';
import { VANTAGE } from './detect/vantage.ts';

export const DETECTORS: readonly DetectorInfo[] = [
  SYN_RATE,
  CUSUM_FIN,
  CUSUM_ANSWERS,
  COMPLETION_RATIO,
  HALF_OPEN,
  SOURCE_ENTROPY,
  DST_PORT_ENTROPY,
  SYN_FINGERPRINT,
  BACKSCATTER,
  VANTAGE,
];
