/** `halfopen run` of a flood scenario: runs it, writes what was asked for, prints the report. */
import { recordingToPcapng } from '../node/export.ts';
import { columnsToParquet } from '../node/parquet.ts';
import { MOST_PACKETS, SegmentTap } from '../node/segment-tap.ts';
import { type OutputFile, writeOutputs } from '../node/write-output.ts';
import type { TapPlace } from '../sim/arena/types.ts';
import type { FloodScenario } from '../sim/flood-model.ts';
import { unmetFloodExpectations } from '../sim/flood-outcome.ts';
import type { FloodReport } from '../sim/flood-report.ts';
import { columnsToCsv } from '../view/data-columns.ts';
import { floodColumns } from '../view/flood-columns.ts';
import { floodToJson } from '../view/flood-json.ts';
import { countText } from '../view/flood-number.ts';
import { floodSvg } from '../view/plot-svg.ts';
import { HalfopenError } from '../wire/error.ts';
import { driveFlood } from './drive-flood.ts';
import { floodPage } from './flood-page.ts';
import { painter, tell, wantsColour } from './terminal.ts';
import { checkWantedFiles, writeWantedFiles } from './wanted-files.ts';

export const TAP_PLACES = ['server', 'edge', 'followed'] as const;

export interface FloodRunOptions {
  readonly seed?: number;
  readonly explain?: boolean;
  readonly json?: string;
  readonly csv?: string;
  readonly parquet?: string;
  readonly svg?: string;
  readonly pcapng?: string;
  readonly tap?: TapPlace;
  readonly check?: boolean;
}

export async function runFloodScenario(scenario: FloodScenario, options: FloodRunOptions): Promise<void> {
  if (options.tap !== undefined && options.pcapng === undefined) {
    throw new HalfopenError('--tap says where --pcapng listens; expected --pcapng <file> with it');
  }
  const { pcapng, tap: place = 'server' } = options;
  if (place === 'followed' && scenario.followed === null) {
    throw new HalfopenError('--tap followed: this scenario follows no client; expected server or edge');
  }
  checkWantedFiles(options);
  const tap = pcapng === undefined || place === 'followed' ? undefined : await SegmentTap.create(pcapng, place);
  const { report, exitCode } = await driveFlood(scenario, { ...options, tap });
  await tap?.close();
  // A file that fails takes nothing else with it, and neither does a standard output that nobody reads.
  const paint = painter(wantsColour(process.stdout, process.env));
  const text = (): string => floodPage(scenario, report, { paint, explain: options.explain ?? false });
  const files = outputFiles(report, options);
  const written = pcapng === '-' && tap !== undefined ? writeOutputs(files) : writeWantedFiles(files, text);
  const failure = (await written) ?? tap?.failure;
  if (tap !== undefined) tellCap(pcapng === '-' ? 'standard output' : (pcapng ?? ''), tap);
  if (options.check) check(scenario, report);
  if (exitCode !== 0) process.exitCode = exitCode;
  if (failure) throw failure;
}

function outputFiles(report: FloodReport, options: FloodRunOptions): OutputFile[] {
  const { json, csv, parquet, svg, pcapng, tap } = options;
  const files: OutputFile[] = [];
  if (json !== undefined) files.push({ path: json, content: () => `${floodToJson(report)}\n` });
  if (csv !== undefined) files.push({ path: csv, content: () => columnsToCsv(floodColumns(report.series)) });
  if (parquet !== undefined)
    files.push({ path: parquet, content: () => columnsToParquet(floodColumns(report.series)) });
  if (svg !== undefined) files.push({ path: svg, content: () => floodSvg(report) });
  const { followed } = report;
  if (pcapng !== undefined && tap === 'followed' && followed !== null)
    files.push({ path: pcapng, content: () => Buffer.concat(recordingToPcapng(followed, { host: FOLLOWED })) });
  return files;
}

/** Its place in the recording. */
const FOLLOWED = 0;

/** Not silently: a capture that ends early looks like an end of the traffic. */
function tellCap(path: string, tap: SegmentTap): void {
  if (tap.written === tap.seen || tap.failure !== null) return;
  tell(
    `${path} holds the first ${countText(tap.written)} of ${countText(tap.seen)} segments, no more than ${countText(MOST_PACKETS)} are written; --until and --tap followed make fewer`,
  );
}

function check(scenario: FloodScenario, report: FloodReport): void {
  const unmet = unmetFloodExpectations(scenario, report);
  for (const sentence of unmet) tell(`${scenario.id}: ${sentence}`);
  if (unmet.length > 0) process.exitCode = 1;
}
