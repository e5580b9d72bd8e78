/**
 * Several captures as one: their frames by time, as mergecap gives them, numbered from 1 over all. Rotated files are read
 * one after the other, in whatever order they are named; overlapping ones side by side.
 */

import { type Frame, FramesAhead } from '../capture/types.ts';
import { CaptureSource } from './capture-source.ts';
import { fileStats } from './file-stats.ts';

/**
 * Hands every frame of `sources` to `onFrame`, which gets the same object each time. A file that cannot be read further
 * loses only its own rest: see `CaptureSource.failure`. Files are open only while the timeline is within them, and closed
 * when `onFrame` throws. `onAhead` is shown frames before they come, most of them, as a hint what to have at hand.
 */
export async function streamTimeline(
  sources: readonly CaptureSource[],
  onFrame: (frame: Frame) => void,
  onAhead?: (ahead: FramesAhead) => void,
): Promise<void> {
  try {
    await stream(sources, onFrame, onAhead);
  } finally {
    for (const source of sources) await source.close();
  }
}

async function stream(
  sources: readonly CaptureSource[],
  onFrame: (frame: Frame) => void,
  onAhead: ((ahead: FramesAhead) => void) | undefined,
): Promise<void> {
  const ahead = new FramesAhead();
  let known = 0;
  const waiting: Start[] = [];
  for (const source of sources) {
    const start = await startOf(source, sources.length > 1 && isRegularFile(source.path));
    if (start !== undefined) waiting.push(start);
  }
  // Sorting is stable: of files that begin at once, the one named first goes first.
  waiting.sort((a, b) => a.sec - b.sec || a.nanos - b.nanos);
  const origin = waiting[0];
  if (origin === undefined) return;
  const active: CaptureSource[] = [];
  let number = 0;
  for (;;) {
    let source = earliest(active);
    const next = waiting[0];
    if (next !== undefined && (source === undefined || isBefore(next, source.frame))) {
      waiting.shift();
      if (next.read || (await next.source.fill())) active.push(next.source);
      continue;
    }
    if (source === undefined) return;
    // As long as one file is alone, there is nothing to compare.
    do {
      const frame = source.frame;
      if (onAhead !== undefined && known-- === 0) {
        source.reader.lookAhead(ahead);
        known = ahead.count;
        onAhead(ahead);
      }
      frame.number = ++number;
      frame.ts = (frame.tsSec - origin.sec) * 1_000_000_000 + (frame.tsNanos - origin.nanos);
      onFrame(frame);
      if (!source.next() && !(await source.fill())) {
        active.splice(active.indexOf(source), 1);
        source = undefined;
      }
    } while (source !== undefined && active.length === 1 && waiting.length === 0);
  }
}

interface Start {
  readonly source: CaptureSource;
  readonly sec: number;
  readonly nanos: number;
  /** The source is open and holds its first frame. */
  readonly read: boolean;
}

/** When a capture begins; undefined when it has no frame, and then `failure` of the source says why. */
async function startOf(source: CaptureSource, again: boolean): Promise<Start | undefined> {
  const probe = again ? new CaptureSource(source.path) : source;
  if (!(await probe.fill())) {
    // The source finds the same when it is asked; its own words are then there for who reports.
    if (again) await source.fill();
    return undefined;
  }
  if (again) await probe.close();
  return { source, sec: probe.frame.tsSec, nanos: probe.frame.tsNanos, read: !again };
}

/** Pipes and standard input can be read only once, so they stay open. */
function isRegularFile(path: string): boolean {
  return path !== '-' && (fileStats(path)?.isFile() ?? false);
}

function earliest(active: readonly CaptureSource[]): CaptureSource | undefined {
  let first = active[0];
  for (const source of active) {
    if (first !== undefined && source !== first && isEarlier(source.frame, first.frame)) first = source;
  }
  return first;
}

function isEarlier(a: Frame, b: Frame): boolean {
  return a.tsSec < b.tsSec || (a.tsSec === b.tsSec && a.tsNanos < b.tsNanos);
}

function isBefore(start: Start, frame: Frame): boolean {
  return start.sec < frame.tsSec || (start.sec === frame.tsSec && start.nanos <= frame.tsNanos);
}
