/** A detector at work at one target: told of each closed window, asked for its finding at any time. */
import type { Finding, TargetWindow } from './types.ts';

export interface WindowDetector {
  /** The next second. `w` is reused: valid during the call. */
  window(w: Readonly<TargetWindow>): void;
  /** So many seconds in which nothing happened. In closed form: hours must not cost hours. */
  idle(seconds: number): void;
  /** What it says if the capture ended now. Changes nothing. */
  finding(): Finding;
}
