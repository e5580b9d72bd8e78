/** `halfopen compare`: one flood, one seed, several defences, one table of what each buys and costs. */
import type { Command } from 'commander';
import { readScenarioText } from '../../node/scenario-files.ts';
import type { OutputFile } from '../../node/write-output.ts';
import { DEFENCES, withDefences } from '../../scenario/defences.ts';
import { parseFloodScenario } from '../../scenario/parse.ts';
import type { SetValue } from '../../scenario/set-value.ts';
import type { FloodScenario } from '../../sim/flood-model.ts';
import { type CompareRow, compareColumns, compareRow } from '../../view/compare-rows.ts';
import { compareLines, compareSentence } from '../../view/compare-text.ts';
import { columnsToCsv } from '../../view/data-columns.ts';
import { wholeNumber } from '../arguments.ts';
import { defenceLines } from '../defence-lines.ts';
import { chosenDefences, defenceOption } from '../defence-option.ts';
import { driveFlood } from '../drive-flood.ts';
import { setOption, untilOption, withUntil } from '../set-option.ts';
import { type Paint, painter, paintLines, tell, wantsColour } from '../terminal.ts';
import { checkWantedFiles, writeWantedFiles } from '../wanted-files.ts';
import { wrapText } from '../wrap-text.ts';

interface CompareOptions {
  readonly defence?: readonly string[];
  readonly seed?: number;
  readonly set?: readonly SetValue[];
  readonly until?: string;
  readonly json?: string;
  readonly csv?: string;
}

export function registerCompare(program: Command): void {
  program
    .command('compare')
    .description('Run a flood against several defences on the same seed: what each buys, and what it costs')
    .argument('<scenario>', 'a shipped flood scenario ("halfopen list"), a YAML file, or - for standard input')
    .addOption(defenceOption(''))
    .option('-s, --seed <n>', 'seed of everything random, 0 to 4294967295', wholeNumber('--seed', 0, 0xffffffff))
    .addOption(setOption())
    .addOption(untilOption())
    .option('--json <file>', 'write the table as JSON; - writes it to standard output instead of the text')
    .option('--csv <file>', 'write the table as CSV, likewise')
    .addHelpText('after', help)
    .action(compare);
}

async function compare(name: string, options: CompareOptions): Promise<void> {
  const { text, path } = await readScenarioText(name);
  const scenario = parseFloodScenario(text, path, withUntil(options.set, options.until));
  const names = chosenDefences(options.defence);
  checkWantedFiles(options);
  // A wrong name is told before anything is run.
  const patched = names.map((defence) => ({ defence, scenario: withDefences(scenario, defence) }));
  const seed = options.seed ?? scenario.seed;
  const quiet = await driveFlood(withoutFlood(scenario), { seed, what: 'no flood ' });
  const rows: CompareRow[] = [compareRow(QUIET, quiet.report, quiet.report)];
  let { exitCode } = quiet;
  for (const { defence, scenario: defended } of patched) {
    if (exitCode !== 0) break;
    const run = await driveFlood(defended, { seed, what: `${defence} ` });
    exitCode = run.exitCode;
    // A run that was stopped half way compares with nothing.
    if (exitCode === 0) rows.push(compareRow(defence, run.report, quiet.report));
  }
  const files: OutputFile[] = [];
  if (options.json !== undefined) files.push({ path: options.json, content: () => `${json(scenario, seed, rows)}\n` });
  if (options.csv !== undefined) files.push({ path: options.csv, content: () => columnsToCsv(compareColumns(rows)) });
  const failure = await writeWantedFiles(files, () => page(scenario, seed, rows));
  if (exitCode !== 0) {
    tell(`stopped after ${rows.length - 1} of ${names.length} defences`);
    process.exitCode = exitCode;
  }
  if (failure !== null) throw failure;
}

/** The row of the same clients and nobody else. */
const QUIET = '(no flood)';

function withoutFlood(scenario: FloodScenario): FloodScenario {
  return { ...withDefences(scenario, 'none'), floods: [], botnets: [] };
}

function page(scenario: FloodScenario, seed: number, rows: readonly CompareRow[]): string {
  const paint = painter(wantsColour(process.stdout, process.env));
  return [
    paint('strong', scenario.title),
    paint('quiet', `${scenario.server.label} · seed ${seed} · ${scenario.until / 1e9} s of each`),
    '',
    paintLines(compareLines(rows), paint),
    '',
    ...sentences(rows, paint),
  ].join('\n');
}

function sentences(rows: readonly CompareRow[], paint: Paint): string[] {
  const none = rows.find(({ defence }) => defence === 'none');
  const shown = rows.filter(({ defence }) => defence !== QUIET);
  const hint = none === undefined ? ['', paint('quiet', 'Add "-d none" to see what each buys and costs here.')] : [];
  const told = defenceLines(
    shown.map((row) => ({
      name: row.defence,
      effect: none === undefined || row === none ? '' : compareSentence(row, none),
    })),
    paint,
  );
  return [...told, ...hint];
}

/** What never happened, or is a share of nothing, is no finite number: JSON has null for it. */
function json(scenario: FloodScenario, seed: number, rows: readonly CompareRow[]): string {
  return JSON.stringify({ format: 'halfopen-compare-1', scenario: scenario.id, seed, rows }, undefined, 1);
}

function help(): string {
  const width = Math.max(...DEFENCES.map(({ name }) => name.length));
  const list = DEFENCES.map(({ what }) => wrapText(what, 78 - width - 4).join(`\n${' '.repeat(width + 4)}`)).map(
    (what, i) => `  ${(DEFENCES[i]?.name ?? '').padEnd(width)}  ${what}`,
  );
  return `
Defences, with + between several of which at most one chooses the listener's policy
(as-is is the scenario with its own; backlog-x<n> takes 1 to 9999, ingress-<percent> 1 to 100):
${list.join('\n')}

Examples:
  halfopen compare syn-flood                                   a sensible choice of them
  halfopen compare syn-flood -d none -d syn-cookies            two
  halfopen compare syn-flood -d backlog-x4+short-timer         both at once
  halfopen compare syn-flood --set floods.rate=2000            against a larger flood`;
}
