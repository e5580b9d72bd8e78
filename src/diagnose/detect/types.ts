/** What detectors see, and what they say. Each detector is a file of this folder that exports one `Detector`. */

/** Counts of one second at one target. A target is a server socket, a whole host (`port` -1), or all of the capture. */
export interface TargetWindow {
  /** ns since the first packet of the capture; windows follow each other without gaps while a target is watched. */
  readonly start: number;
  readonly length: number;
  /** SYN packets, copies included, and attempts begun. */
  readonly syn: number;
  readonly attempts: number;
  readonly synAgain: number;
  readonly synack: number;
  readonly synackAgain: number;
  /** Of attempts whenever begun: what became of them in this second. */
  readonly completed: number;
  readonly refused: number;
  readonly aborted: number;
  readonly fin: number;
  /** Attempts from addresses not seen at this target before (estimated, see `SourceSketch`). */
  readonly newSources: number;
  /** Unsolicited SYN/ACKs and RSTs, received or sent. */
  readonly strayReplies: number;
}

/** What a detector is, for people: printed by `--detectors`, in the report and in docs/detectors.md. */
export interface DetectorInfo {
  readonly id: string;
  readonly title: string;
  /** The formula in one line. */
  readonly formula: string;
  /** Paper, RFC or kernel function it comes from. */
  readonly source: string;
  readonly window: string;
  readonly threshold: string;
  /** What it cannot see, and what it takes for a flood that is none. */
  readonly blindSpots: readonly string[];
}

/** One row of what a finding rests on: `distinct sources  37,669 of 37,669 attempts`. */
export interface EvidenceRow {
  readonly label: string;
  readonly value: string;
  /** Packets that show it, if single ones do. */
  readonly packets?: readonly number[];
}

export interface Finding {
  /** `DetectorInfo.id`. */
  readonly detector: string;
  /** `fires`: the formula's threshold was crossed. `quiet`: it was not. `cannot-judge`: the capture lacks what it needs. */
  readonly state: 'fires' | 'quiet' | 'cannot-judge';
  /** ns: when the first window above the threshold began and the last one ended; -1 where none was. */
  readonly onset: number;
  readonly end: number;
  /** ns, as in `Judgement`: it began that long after `onset` at most, and ended that long before `end` at most; 0: exactly then. */
  readonly onsetWithin: number;
  readonly endWithin: number;
  /** The value compared, at its highest, and the threshold, in the formula's unit. */
  readonly value: number;
  readonly threshold: number;
  /** One sentence with the numbers filled in. */
  readonly sentence: string;
  readonly evidence: readonly EvidenceRow[];
}
