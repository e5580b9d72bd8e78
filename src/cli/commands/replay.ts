/**
 * `halfopen replay <capture...>`: the SYNs of a capture as a workload of the simulator, against other settings and
 * defences. Everything happens inside the simulator, at addresses that belong to nobody.
 */
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { Examiner } from '../../diagnose/examiner.ts';
import type { CaptureSource } from '../../node/capture-source.ts';
import { streamTimeline } from '../../node/capture-timeline.ts';
import type { OutputFile } from '../../node/write-output.ts';
import { MOST_ATTEMPTS, ObservedAttempts } from '../../replay/observed-attempts.ts';
import { replayScenario } from '../../replay/replay-scenario.ts';
import { busiestServers, type CapturedServer, type Workload, workloadFor } from '../../replay/workload.ts';
import { defencesOf, withDefences } from '../../scenario/defences.ts';
import type { SetValue } from '../../scenario/set-value.ts';
import type { FloodScenario } from '../../sim/flood-model.ts';
import { columnsToCsv } from '../../view/data-columns.ts';
import { countText } from '../../view/flood-number.ts';
import { type ReplayRow, replayColumns, replayRow } from '../../view/replay-rows.ts';
import { replayedLines, replayLines, replaySentence } from '../../view/replay-text.ts';
import { AddressTable } from '../../wire/address.ts';
import { endpointText } from '../../wire/endpoint-text.ts';
import { HalfopenError } from '../../wire/error.ts';
import { oneOf, wholeNumber } from '../arguments.ts';
import { captureSources } from '../capture-arguments.ts';
import { defenceLines } from '../defence-lines.ts';
import { chosenDefences, defenceOption } from '../defence-option.ts';
import { driveFlood } from '../drive-flood.ts';
import { setOption } from '../set-option.ts';
import { painter, paintLines, tell, wantsColour } from '../terminal.ts';
import { checkWantedFiles, writeWantedFiles } from '../wanted-files.ts';

interface ReplayOptions {
  readonly server?: ServerWish;
  readonly defence?: readonly string[];
  readonly profile: string;
  readonly backlog: number;
  readonly seed: number;
  readonly set?: readonly SetValue[];
  readonly json?: string;
  readonly csv?: string;
}

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('Play the SYNs of a capture in the simulator: what would the queue have done with other settings?')
    .argument('<capture...>', 'as for explain')
    .option(
      '--server <socket>',
      'whose SYNs, e.g. 192.0.2.1:80 or [2001:db8::1]:80, or an address for its busiest port (default: most SYNs)',
      serverWish,
    )
    .addOption(defenceOption('; see "halfopen compare --help"'))
    .option('--profile <name>', `what kind of server: ${PROFILES.join(', ')}`, oneOf('--profile', PROFILES), 'linux-6')
    .option('--backlog <n>', 'backlog of its listener, as in listen(2)', wholeNumber('--backlog', 0, 2_000_000), 128)
    .option('-s, --seed <n>', 'seed of everything random', wholeNumber('--seed', 0, 0xffffffff), 1)
    .addOption(setOption())
    .option('--json <file>', 'write the table as JSON; - writes it to standard output instead of the text')
    .option('--csv <file>', 'write the table as CSV, likewise')
    .addHelpText('after', HELP)
    .action(replay);
}

async function replay(paths: readonly string[], options: ReplayOptions): Promise<void> {
  const names = chosenDefences(options.defence);
  // Names and outputs are looked at before a long capture is read.
  for (const name of names) defencesOf(name);
  checkWantedFiles(options, paths);
  const captured = await readAttempts(captureSources(paths));
  const workload = chooseWorkload(captured, options.server);
  const scenario = replayScenario(workload, { ...options, set: options.set ?? [] });
  const patched = names.map((defence) => ({ defence, scenario: withDefences(scenario, defence) }));
  const rows: ReplayRow[] = [];
  let exitCode = 0;
  for (const { defence, scenario: defended } of patched) {
    const run = await driveFlood(defended, { seed: options.seed, what: `${defence} `, observed: workload.floods });
    exitCode = run.exitCode;
    if (exitCode !== 0) break;
    rows.push(replayRow(defence, run.report, workload.lead));
  }
  const outputs: OutputFile[] = [];
  if (options.json !== undefined)
    outputs.push({ path: options.json, content: () => `${json(captured, workload, scenario, options, rows)}\n` });
  if (options.csv !== undefined) outputs.push({ path: options.csv, content: () => columnsToCsv(replayColumns(rows)) });
  const failure = await writeWantedFiles(outputs, () => page(captured, workload, scenario, options, rows));
  if (exitCode !== 0) {
    tell(`stopped after ${rows.length} of ${names.length} defences`);
    process.exitCode = exitCode;
  }
  if (captured.observed.left > 0)
    tell(
      `the first ${countText(MOST_ATTEMPTS)} attempts were kept, ${countText(captured.observed.left)} more are not replayed`,
    );
  if (failure !== null) throw failure;
  if (captured.failure !== undefined) throw captured.failure;
}

interface Captured {
  readonly name: string;
  readonly observed: ObservedAttempts;
  readonly addresses: AddressTable;
  readonly failure: HalfopenError | undefined;
}

async function readAttempts(sources: readonly CaptureSource[]): Promise<Captured> {
  const observed = new ObservedAttempts();
  const examiner = new Examiner({
    seed: randomInt(2 ** 32),
    sink: observed.add,
    holds: (visit) => observed.eachAddress(visit),
  });
  await streamTimeline(sources, (frame) => examiner.onFrame(frame));
  examiner.finish();
  const failure = sources.find((source) => source.failure !== undefined)?.failure;
  // What stands before damage can be replayed all the same.
  if (failure !== undefined && observed.count === 0) throw failure;
  const name = sources.length === 1 ? (sources[0]?.name ?? '') : `${sources.length} captures`;
  if (observed.count === 0) throw new HalfopenError(`${name}: holds no SYN, so there is nothing to replay`);
  return { name, observed, addresses: examiner.addresses, failure };
}

function chooseWorkload({ observed, addresses, name }: Captured, wish: ServerWish | undefined): Workload {
  const servers = busiestServers(observed);
  const chosen = wish === undefined ? servers[0] : servers.find(({ server }) => isWished(server, wish, addresses));
  if (chosen === undefined) {
    const there = servers
      .slice(0, MOST_NAMED)
      .map(({ server: { address, port } }) => endpointText(addresses, address, port));
    throw new HalfopenError(
      `--server ${wish?.text}: no SYN for it in ${name}; the busiest servers are ${there.join(', ')}`,
    );
  }
  return workloadFor(observed, chosen.server);
}

/** A server as the user names it. */
interface ServerWish {
  readonly text: string;
  /** In the canonical form of `AddressTable.format`. */
  readonly address: string;
  /** -1 = any. */
  readonly port: number;
}

function serverWish(text: string): ServerWish {
  const [, v6, v4, digits] = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const port = Number(digits ?? -1);
  try {
    if (port > 65_535) throw new HalfopenError('no such port');
    const table = new AddressTable();
    return { text, address: table.format(table.parse(v6 ?? v4 ?? text)), port };
  } catch (error) {
    if (!(error instanceof HalfopenError)) throw error;
    throw new HalfopenError(
      `--server: expected an address and a port such as 192.0.2.1:80 or [2001:db8::1]:80, found "${text}"`,
    );
  }
}

function isWished(server: CapturedServer, { address, port }: ServerWish, addresses: AddressTable): boolean {
  return addresses.format(server.address) === address && (port < 0 || server.port === port);
}

function page(
  { name, addresses }: Captured,
  { server, counts }: Workload,
  scenario: FloodScenario,
  { seed, backlog }: ReplayOptions,
  rows: readonly ReplayRow[],
): string {
  const paint = painter(wantsColour(process.stdout, process.env));
  const settings = `${scenario.server.address} (${scenario.server.label}, backlog ${countText(backlog)})`;
  const [title = '', ...about] = replayedLines({
    ...counts,
    capture: name,
    server: endpointText(addresses, server.address, server.port),
    settings,
    seed,
  });
  return [
    paint('strong', title),
    ...about.map((line) => paint('quiet', line)),
    '',
    paintLines(replayLines(rows), paint),
    '',
    ...defenceLines(
      rows.map((row) => ({ name: row.defence, effect: replaySentence(row) })),
      paint,
    ),
  ].join('\n');
}

/** What never happened, or is a share of nothing, is no finite number: JSON has null for it. */
function json(
  { name, addresses }: Captured,
  { server, counts }: Workload,
  { server: { profile, address } }: FloodScenario,
  { seed, backlog }: ReplayOptions,
  rows: readonly ReplayRow[],
): string {
  return JSON.stringify(
    {
      format: 'halfopen-replay-1',
      capture: name,
      server: endpointText(addresses, server.address, server.port),
      replayedAt: { address, profile, backlog },
      seed,
      workload: counts,
      rows,
    },
    undefined,
    1,
  );
}

const PROFILES = ['linux-6', 'freebsd-14', 'rfc9293', 'bsd-1996'] as const;
const MOST_NAMED = 5;

const HELP = `
Who completed in the capture, or repeated its SYN as a TCP stack does, comes again as a client of the simulator, with
the distance that was measured; all other SYNs come again exactly as they came. Nothing is sent anywhere: the run
happens in memory, and every address of the capture is replaced by one that belongs to nobody.

Examples:
  halfopen replay flood.pcap                                     the usual defences, against what really arrived
  halfopen replay flood.pcap -d none -d syn-cookies              two of them
  halfopen replay flood.pcap --backlog 4096 -d none              would a larger backlog have been enough?
  halfopen replay flood.pcap -d as-is --set server.settings.tcp_synack_retries=1`;
