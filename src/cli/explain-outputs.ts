/** The outputs that `halfopen explain` was asked for beside its text: opened before a packet is read, all or nothing each. */
import type { Attempt } from '../diagnose/attempt.ts';
import { type AttemptOutput, csvOutput, jsonOutput, zeekOutput } from '../node/attempt-outputs.ts';
import { captureJson } from '../view/capture-json.ts';
import type { CaptureSummary } from '../view/capture-text.ts';
import { findingsJson } from '../view/findings-json.ts';
import { AddressTable } from '../wire/address.ts';
import type { ExplainReport } from './explain-report.ts';
import { checkOutputPaths } from './output-paths.ts';

export interface OutputOptions {
  readonly json?: boolean;
  readonly csv?: string;
  readonly parquet?: string;
  readonly zeek?: string;
  readonly report?: string;
  readonly attempts: boolean;
}

export class ExplainOutputs {
  /** What rows refer to: `CaptureFrame`. */
  addresses: AddressTable = new AddressTable();
  start = 0n;
  /** None of them takes every attempt. */
  readonly isNone: boolean;
  /** One of them is standard output, so text has no place there. */
  readonly takesStdout: boolean;
  /** Takes a few attempts, and all that is found. */
  report: ExplainReport | undefined = undefined;
  readonly #outputs: AttemptOutput[] = [];

  /** Throws a `HalfopenError` when one cannot be opened, or may not go where it should: see `checkOutputPaths`. */
  static async open(options: OutputOptions, captures: readonly string[]): Promise<ExplainOutputs> {
    const wanted: Wanted[] = [];
    if (options.json) wanted.push({ option: '--json', path: '-' });
    if (options.csv !== undefined) wanted.push({ option: '--csv', path: options.csv });
    if (options.parquet !== undefined) wanted.push({ option: '--parquet', path: options.parquet });
    if (options.zeek !== undefined) wanted.push({ option: '--zeek', path: options.zeek });
    const report = options.report === undefined ? [] : [{ option: '--report', path: options.report }];
    checkOutputPaths([...wanted, ...report], captures);
    const takesStdout = [...wanted, ...report].some(({ path }) => path === '-');
    const outputs = new ExplainOutputs(wanted.length === 0, takesStdout);
    try {
      for (const { option, path } of wanted) outputs.#outputs.push(await outputs.#open(option, path, options));
      if (options.report !== undefined) {
        const { ExplainReport } = await import('./explain-report.ts');
        outputs.report = new ExplainReport(options.report);
      }
    } catch (error) {
      outputs.discard();
      throw error;
    }
    return outputs;
  }

  private constructor(isNone: boolean, takesStdout: boolean) {
    this.isNone = isNone;
    this.takesStdout = takesStdout;
  }

  add(attempt: Attempt): void {
    for (const output of this.#outputs) output.add(attempt);
  }

  /** `passed`: attempts that the filters chose. */
  finish(summary: CaptureSummary, passed: number): void {
    const json = (): Readonly<Record<string, unknown>> => ({
      passed,
      ...captureJson(summary),
      ...findingsJson(summary.findings, this.addresses),
    });
    for (const output of this.#outputs) output.finish({ endedAt: summary.findings.duration, summary: json });
    this.report?.finish(summary, this.addresses);
  }

  /** Nothing is kept of those that are not whole. */
  discard(): void {
    for (const output of this.#outputs) output.discard();
    this.report?.discard();
  }

  /** What only some outputs need is loaded for them: a Parquet writer and a page of charts are half of all modules. */
  async #open(option: Wanted['option'], path: string, { attempts }: OutputOptions): Promise<AttemptOutput> {
    switch (option) {
      case '--json':
        return jsonOutput(path, { schema: JSON_SCHEMA }, this, attempts);
      case '--csv':
        return csvOutput(path, this);
      case '--parquet':
        return (await import('../node/attempt-parquet.ts')).parquetOutput(path, this);
      case '--zeek':
        return zeekOutput(path, this);
      default:
        return option satisfies never;
    }
  }
}

interface Wanted {
  readonly option: '--json' | '--csv' | '--parquet' | '--zeek';
  readonly path: string;
}

/** The form of the JSON; a change that readers would notice gets another number. */
const JSON_SCHEMA = 'halfopen-explain-1';
