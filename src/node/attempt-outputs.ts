/** Where attempts go while a capture is read: each output takes them one by one and keeps none. */
import type { Attempt } from '../diagnose/attempt.ts';
import type { CaptureFrame } from '../view/attempt-columns.ts';
import { CSV_HEAD, csvLine } from '../view/attempt-csv.ts';
import { attemptJson } from '../view/attempt-json.ts';
import { zeekFoot, zeekHead, zeekLine } from '../view/zeek-log.ts';
import { GrowingOutput } from './growing-output.ts';

export interface AttemptOutput {
  readonly path: string;
  add(attempt: Attempt): void;
  /** All attempts have come. */
  finish(end: CaptureEnd): void;
  /** Nothing is kept of it. Does nothing after `finish`. */
  discard(): void;
}

/** What is known when the capture is over. */
export interface CaptureEnd {
  /** Time of the latest packet, in ns since the first. */
  readonly endedAt: number;
  /** For outputs that hold it, made when it is asked for. */
  readonly summary: () => Readonly<Record<string, unknown>>;
}

export function csvOutput(path: string, capture: CaptureFrame): AttemptOutput {
  const output = new GrowingOutput(path);
  output.write(CSV_HEAD);
  return {
    path,
    add: (attempt) => output.write(csvLine(attempt, capture)),
    finish: () => output.finish(),
    discard: () => output.discard(),
  };
}

/** Zeek's conn.log. */
export function zeekOutput(path: string, capture: CaptureFrame): AttemptOutput {
  const output = new GrowingOutput(path);
  let begun = false;
  // Its head has the time of the first packet, which is not known before that is read.
  const begin = (): void => {
    if (!begun) output.write(zeekHead(capture));
    begun = true;
  };
  return {
    path,
    add: (attempt) => {
      begin();
      output.write(zeekLine(attempt, capture));
    },
    finish: ({ endedAt }) => {
      begin();
      output.write(zeekFoot(capture.start + BigInt(endedAt)));
      output.finish();
    },
    discard: () => output.discard(),
  };
}

/** One object: what is known before the first packet, then all attempts, then what is known after the last one. */
export function jsonOutput(
  path: string,
  head: Readonly<Record<string, unknown>>,
  capture: CaptureFrame,
  withAttempts: boolean,
): AttemptOutput {
  const output = new GrowingOutput(path);
  output.write(`${JSON.stringify(head, undefined, 2).slice(0, -2)},\n`);
  if (withAttempts) output.write('  "attempts": [');
  let separator = '\n    ';
  return {
    path,
    add: (attempt) => {
      if (!withAttempts) return;
      output.write(separator + JSON.stringify(attemptJson(attempt, capture.addresses)));
      separator = ',\n    ';
    },
    finish: ({ summary }) => {
      if (withAttempts) output.write('\n  ],\n');
      output.write(`${JSON.stringify(summary(), undefined, 2).slice(2)}\n`);
      output.finish();
    },
    discard: () => output.discard(),
  };
}
