/** Where attempts go while a capture is read: each output takes them one by one and keeps none. */
import type { Attempt } from '../diagnose/attempt.ts';
import type { CaptureFrame } from '../view/attempt-columns.ts';
import { CSV_HEAD, csvLine } from '../view/attempt-csv.ts';
import { attemptJson } from '../view/attempt-json.ts';
import { AttemptParquet } from './attempt-parquet.ts';
import { GrowingOutput } from './growing-output.ts';

export interface AttemptOutput {
  readonly path: string;
  add(attempt: Attempt): void;
  /** All attempts have come; `summary` is for outputs that hold one. */
  finish(summary: () => Readonly<Record<string, unknown>>): void;
  /** Nothing is kept of it. Does nothing after `finish`. */
  discard(): void;
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

export function parquetOutput(path: string, capture: CaptureFrame): AttemptOutput {
  const output = new GrowingOutput(path);
  const file = new AttemptParquet(output, capture);
  return {
    path,
    add: (attempt) => file.add(attempt),
    finish: () => file.finish(),
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
    finish: (summary) => {
      if (withAttempts) output.write('\n  ],\n');
      output.write(`${JSON.stringify(summary(), undefined, 2).slice(2)}\n`);
      output.finish();
    },
    discard: () => output.discard(),
  };
}
