/** Where the lanes of the ladder stand, in pixels, for a given width. Text never shrinks with it: 12 px is the floor. */

export interface Frame {
  readonly width: number;
  readonly narrow: boolean;
  /** Pixels per row of the model; to scale it may be little. */
  readonly row: number;
  /** Above the first event. */
  readonly top: number;
  readonly laneX: readonly number[];
  /** Half the width of a lifeline. */
  readonly half: number;
  /** Width of a character of the arrows' labels. */
  readonly char: number;
}

export function ladderFrame(width: number, lanes: number, height: number): Frame {
  const narrow = width < NARROW;
  const left = narrow ? 72 : 172;
  const right = narrow ? 72 : 146;
  const span = Math.max(120, width - left - right);
  const laneX = Array.from({ length: lanes }, (_, i) => left + (lanes > 1 ? (span * i) / (lanes - 1) : 0));
  // The arrows of a narrow page are short: a steeper slope leaves room for two lines of label.
  const row = Math.min(narrow ? 27 : 25, MOST / Math.max(1, height));
  return { width, narrow, row, top: 26, laneX, half: 7, char: narrow ? 7.25 : 7.55 };
}

const NARROW = 580;
/** A run of a minute to scale would be a wall of 100,000 pixels. */
const MOST = 6000;
