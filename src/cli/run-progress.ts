/** How far a run has come, as a bar on standard error: only on a terminal, and only when it takes longer than a second. */
import { SingleBar } from 'cli-progress';

export interface RunProgress {
  /** Seconds of simulated time that are done. */
  update(seconds: number): void;
  /** Leaves the line; what is written next begins on a fresh one. */
  stop(): void;
}

/** `total`: seconds of simulated time in all. `what` stands before the bar. */
export function runProgress(total: number, what: string, stream: NodeJS.WriteStream = process.stderr): RunProgress {
  if (stream.isTTY !== true) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: `${what}{bar} {value} of {total} s simulated, {duration_formatted} gone, {eta_formatted} to go`,
    stream,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl+C is ours to handle.
    gracefulExit: false,
    etaBuffer: 50,
  });
  const begun = Date.now();
  let shown = false;
  return {
    update: (seconds) => {
      const value = Math.round(seconds * 10) / 10;
      if (shown) bar.update(value);
      else if (Date.now() - begun > PATIENCE) {
        bar.start(total, value);
        shown = true;
      }
    },
    stop: () => {
      if (shown) bar.stop();
    },
  };
}

/** Milliseconds before anybody wants to know. */
const PATIENCE = 1000;
