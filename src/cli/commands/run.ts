/**
 * `halfopen run`: plays a scenario. Of single handshakes it prints the ladder, one sentence for each step, and the reasons;
 * of a flood who was served, and why not (`run-flood.ts`).
 */
import type { Command } from 'commander';
import { recordingToPcapng } from '../../node/export.ts';
import { readScenarioText } from '../../node/scenario-files.ts';
import { type OutputFile, writeOutputs } from '../../node/write-output.ts';
import { isFlood, parseAnyScenario } from '../../scenario/parse.ts';
import type { SetValue } from '../../scenario/set-value.ts';
import { unmetExpectations } from '../../sim/outcome.ts';
import { record } from '../../sim/record.ts';
import type { Intervention, Recording } from '../../sim/recording.ts';
import type { Scenario } from '../../sim/scenario-model.ts';
import { storyOf } from '../../sim/story.ts';
import { recordingToJson } from '../../view/recording-json.ts';
import { HalfopenError } from '../../wire/error.ts';
import { type FlightChange, flightChange, oneOf, wholeNumber } from '../arguments.ts';
import { type Narration, numbersOption, whyOption } from '../narration.ts';
import { type FloodRunOptions, runFloodScenario, TAP_PLACES } from '../run-flood.ts';
import { runReport } from '../run-report.ts';
import { setOption, untilOption, withUntil } from '../set-option.ts';
import { painter, tell, wantsColour } from '../terminal.ts';
import { checkWantedFiles, writeWantedFiles } from '../wanted-files.ts';

interface RunOptions extends Narration, FloodRunOptions {
  readonly set?: readonly SetValue[];
  readonly until?: string;
  readonly steps?: number;
  readonly options?: boolean;
  readonly tcb?: boolean;
  readonly drop?: readonly FlightChange[];
  readonly delay?: readonly FlightChange[];
  readonly duplicate?: readonly FlightChange[];
  readonly captureAt?: string;
}

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('Play a scenario: the ladder with reasons for single handshakes, who was served for a flood')
    .argument('<scenario>', 'a shipped scenario ("halfopen list"), a YAML file, or - for standard input')
    .option('-s, --seed <n>', 'seed of everything random, 0 to 4294967295', wholeNumber('--seed', 0, 0xffffffff))
    .addOption(setOption())
    .addOption(untilOption())
    .option('--check', 'exit with 1 when the scenario does not end as its file expects')
    .option('--json <file>', 'write the whole result as JSON; - writes it to standard output instead of the text')
    .option('--pcapng <file>', 'write the segments as a capture for Wireshark, likewise')
    .optionsGroup('Scenarios of single handshakes:')
    .addOption(numbersOption())
    .addOption(whyOption())
    .option('--steps <n>', 'stop after this many steps', wholeNumber('--steps', 0, 1_000_000))
    .option('--options', 'also show the TCP options of each segment')
    .option('--tcb', 'also show both control blocks after each step')
    .option('--drop <n[:after]>', 'drop segment n on its way (repeatable)', flightChange('--drop', 'drop'))
    .option('--delay <n:by[:after]>', 'delay segment n, e.g. 3:200ms (repeatable)', flightChange('--delay', 'delay'))
    .option(
      '--duplicate <n[:by[:after]]>',
      'deliver a second copy of segment n, later by this much (repeatable)',
      flightChange('--duplicate', 'duplicate'),
    )
    .option('--capture-at <host>', 'with --pcapng: only what this host sends and receives, e.g. server')
    .optionsGroup('Flood scenarios:')
    .option('--explain', 'say in sentences what happened and why')
    .option('--csv <file>', 'write the series as CSV, one row a sample; - as with --json')
    .option('--parquet <file>', 'write the series as Apache Parquet, likewise')
    .option('--svg <file>', 'draw occupancy, drops, success and connect time, likewise')
    .option('--tap <place>', 'with --pcapng: server, edge or followed', oneOf('--tap', TAP_PLACES))
    .addHelpText('after', EXAMPLES)
    .action(run);
}

const EXAMPLES = `
Examples:
  halfopen run three-way-handshake                          the handshake with X, X+1, Y, Y+1
  halfopen run three-way-handshake --numbers absolute       the same with the real numbers
  halfopen run three-way-handshake --drop 2                 what if the SYN/ACK is lost?
  halfopen run lost-syn --why none                          only the ladder and the sentences
  halfopen run three-way-handshake --pcapng out.pcapng      then: tshark -r out.pcapng
  halfopen run syn-flood --explain                          what a flood does, and why
  halfopen run syn-flood --set server.settings.tcp_syncookies=1 --svg flood.svg`;

async function run(name: string, options: RunOptions, command: Command): Promise<void> {
  const { text, path } = await readScenarioText(name);
  const scenario = parseAnyScenario(text, path, withUntil(options.set, options.until));
  refuseOthers(command, isFlood(scenario) ? 'handshake' : 'flood');
  if (isFlood(scenario)) return runFloodScenario(scenario, options);
  if (options.captureAt !== undefined && options.pcapng === undefined) {
    throw new HalfopenError('--capture-at says whose segments --pcapng holds; expected --pcapng <file> with it');
  }
  checkWantedFiles(options);
  const recording = recordWith(scenario, path, options);
  const files: OutputFile[] = [];
  if (options.pcapng !== undefined) {
    const host = options.captureAt === undefined ? -1 : hostIndex(options.captureAt, recording);
    files.push({ path: options.pcapng, content: () => Buffer.concat(recordingToPcapng(recording, { host })) });
  }
  if (options.json !== undefined) files.push({ path: options.json, content: () => `${recordingToJson(recording)}\n` });
  if (options.check) check(scenario, recording);
  // Nothing was long to wait for: what cannot be written is told instead of the ladder.
  const failure = await writeOutputs(files.filter(({ path }) => path !== '-'));
  if (failure !== null) throw failure;
  await writeWantedFiles(
    files.filter(({ path }) => path === '-'),
    () => page(scenario, recording, options),
  );
}

function page(scenario: Scenario, recording: Recording, options: RunOptions): string {
  // Captions tell what the scenario means to show; once somebody changed its course they may not be true.
  const story = recording.interventions.length === 0 ? storyOf(scenario, recording) : [];
  return runReport(recording, scenario.summary, {
    story,
    numbers: options.numbers === 'xy' ? 'symbolic' : options.numbers,
    why: options.why,
    steps: options.steps ?? recording.steps.length,
    options: options.options ?? false,
    tcb: options.tcb ?? false,
    paint: painter(wantsColour(process.stdout, process.env)),
  });
}

/** Each change is made to what really followed from the ones before it, so they are applied one run at a time. */
function recordWith(scenario: Scenario, path: string, options: RunOptions): Recording {
  const seed = options.seed ?? scenario.seed;
  const interventions: Intervention[] = [];
  let recording = recordFile(scenario, path, seed);
  const changes = [...(options.drop ?? []), ...(options.delay ?? []), ...(options.duplicate ?? [])];
  for (const change of changes.sort((a, b) => a.segment - b.segment)) {
    interventions.push(toIntervention(change, recording));
    recording = record(scenario, { seed, interventions: [...interventions] });
  }
  return recording;
}

/** What a scenario asks of its hosts may turn out impossible only when they are there: that is its file's mistake, too. */
function recordFile(scenario: Scenario, path: string, seed: number): Recording {
  try {
    return record(scenario, { seed, interventions: [] });
  } catch (error) {
    throw error instanceof HalfopenError ? new HalfopenError(`${path}: ${error.message}`) : error;
  }
}

function toIntervention(change: FlightChange, recording: Recording): Intervention {
  const flight = recording.flights[change.segment - 1];
  if (!flight) {
    const count = recording.flights.length;
    throw new HalfopenError(`--${change.action}: there is no segment ${change.segment}, this run has ${count}`);
  }
  const way = Math.min(flight.arrivesAt, flight.lostAt) - flight.sentAt;
  if (change.at >= way) {
    throw new HalfopenError(`--${change.action}: segment ${change.segment} is only ${way / 1e6} ms on its way`);
  }
  const after = change.at >= 0 ? change.at : Math.floor(way / 2);
  return { flight: flight.index, action: change.action, at: flight.sentAt + after, by: change.by };
}

function hostIndex(name: string, recording: Recording): number {
  const index = recording.hosts.findIndex((host) => host.name === name);
  if (index >= 0) return index;
  const names = recording.hosts.map((host) => host.name).join(', ');
  throw new HalfopenError(`--capture-at: no host "${name}", this scenario has ${names}`);
}

function check(scenario: Scenario, recording: Recording): void {
  const unmet = unmetExpectations(scenario, recording);
  for (const sentence of unmet) tell(`${scenario.id}: ${sentence}`);
  if (unmet.length > 0) process.exitCode = 1;
}

/** An option that would have no effect is a mistake, and the one who made it should know. */
function refuseOthers(command: Command, kind: keyof typeof ONLY): void {
  const given = ONLY[kind].find((name) => command.getOptionValueSource(name) === 'cli');
  if (given === undefined) return;
  const option = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const [what, other] =
    kind === 'flood' ? ['flood scenarios', 'one of single handshakes'] : ['scenarios of single handshakes', 'a flood'];
  throw new HalfopenError(`--${option} is for ${what}, and this is ${other}`);
}

const ONLY = {
  handshake: ['numbers', 'why', 'steps', 'options', 'tcb', 'drop', 'delay', 'duplicate', 'captureAt'],
  flood: ['explain', 'csv', 'parquet', 'svg', 'tap'],
} as const;
