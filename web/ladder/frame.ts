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
  const left = narrow ? 62 : Math.max(158, Math.min(190, width * 0.28));
  const right = narrow ? 62 : Math.max(146, Math.min(176, width * 0.24));
  const span = Math.max(120, width - left - right);
  const laneX = Array.from({ length: lanes }, (_, i) => left + (lanes > 1 ? (span * i) / (lanes - 1) : 0));
  // The arrows of a narrow page are short: a steeper slope leaves room for two lines of label.
  const row = Math.min(narrow ? 27 : 23, MOST / Math.max(1, height));
  return { width, narrow, row, top: 26, laneX, half: 7, char: narrow ? 7.25 : 7.55 };
}

const NARROW = 520;
/** A run of a minute to scale would be a wall of 100,000 pixels. */
const MOST = 6000;
