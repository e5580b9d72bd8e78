/** `halfopen run`: plays a scenario and prints its ladder, one sentence for each step, and the reasons. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { recordingToPcapng } from '../../node/export.ts';
import { readScenarioText } from '../../node/scenario-files.ts';
import { systemReason } from '../../node/system-reason.ts';
import { parseScenario } from '../../scenario/parse.ts';
import { unmetExpectations } from '../../sim/outcome.ts';
import { record } from '../../sim/record.ts';
import type { Intervention, Recording } from '../../sim/recording.ts';
import type { Scenario } from '../../sim/scenario-model.ts';
import { storyOf } from '../../sim/story.ts';
import { recordingToJson } from '../../view/recording-json.ts';
import { HalfopenError } from '../../wire/error.ts';
import { type FlightChange, flightChange, wholeNumber } from '../arguments.ts';
import { type Narration, numbersOption, whyOption } from '../narration.ts';
import { runReport } from '../run-report.ts';
import { painter, print, wantsColour } from '../terminal.ts';

interface RunOptions extends Narration {
  readonly seed?: number;
  readonly steps?: number;
  readonly options?: boolean;
  readonly tcb?: boolean;
  readonly drop?: readonly FlightChange[];
  readonly delay?: readonly FlightChange[];
  readonly duplicate?: readonly FlightChange[];
  readonly pcapng?: string;
  readonly captureAt?: string;
  readonly check?: boolean;
  readonly json?: string;
}

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('Play a scenario: ladder, states, one sentence and the reasons for each step')
    .argument('<scenario>', 'a shipped scenario ("halfopen list"), a YAML file, or - for standard input')
    .option('-s, --seed <n>', 'seed of everything random, 0 to 4294967295', wholeNumber('--seed', 0, 0xffffffff))
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
    .option('--pcapng <file>', 'write the segments as a capture for Wireshark')
    .option('--capture-at <host>', 'with --pcapng: only what this host sends and receives, e.g. server')
    .option('--check', 'exit with 1 when the scenario does not end as its file expects')
    .option('--json <file>', 'write the whole recording as JSON; - writes it to standard output instead of the ladder')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

const EXAMPLES = `
Examples:
  halfopen run three-way-handshake                          the handshake with X, X+1, Y, Y+1
  halfopen run three-way-handshake --numbers absolute       the same with the real numbers
  halfopen run three-way-handshake --drop 2                 what if the SYN/ACK is lost?
  halfopen run lost-syn --why none                          only the ladder and the sentences
  halfopen run three-way-handshake --pcapng out.pcapng      then: tshark -r out.pcapng`;

async function run(name: string, options: RunOptions): Promise<void> {
  const { text, path } = await readScenarioText(name);
  const scenario = parseScenario(text, path);
  const recording = recordWith(scenario, options);
  if (options.pcapng !== undefined) {
    const host = options.captureAt === undefined ? -1 : hostIndex(options.captureAt, recording);
    await write(options.pcapng, Buffer.concat(recordingToPcapng(recording, { host })));
  }
  if (options.check) check(scenario, recording);
  if (options.json === '-') {
    await print(recordingToJson(recording));
    return;
  }
  if (options.json !== undefined) await write(options.json, `${recordingToJson(recording)}\n`);
  // Captions tell what the scenario means to show; once somebody changed its course they may not be true.
  const story = recording.interventions.length === 0 ? storyOf(scenario, recording) : [];
  const report = runReport(recording, scenario.summary, {
    story,
    numbers: options.numbers === 'xy' ? 'symbolic' : options.numbers,
    why: options.why,
    steps: options.steps ?? recording.steps.length,
    options: options.options ?? false,
    tcb: options.tcb ?? false,
    paint: painter(wantsColour(process.stdout, process.env)),
  });
  await print(report);
}

/** Each change is made to what really followed from the ones before it, so they are applied one run at a time. */
function recordWith(scenario: Scenario, options: RunOptions): Recording {
  const seed = options.seed ?? scenario.seed;
  const interventions: Intervention[] = [];
  let recording = record(scenario, { seed, interventions });
  const changes = [...(options.drop ?? []), ...(options.delay ?? []), ...(options.duplicate ?? [])];
  for (const change of changes.sort((a, b) => a.segment - b.segment)) {
    interventions.push(toIntervention(change, recording));
    recording = record(scenario, { seed, interventions: [...interventions] });
  }
  return recording;
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
  for (const sentence of unmet) process.stderr.write(`halfopen: ${scenario.id}: ${sentence}\n`);
  if (unmet.length > 0) process.exitCode = 1;
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new HalfopenError(`cannot write ${path}: ${systemReason(error)}`);
  }
}
