/** `halfopen explain <capture...>`: what became of every connection attempt in captures read as one timeline. */
import { randomInt } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { Examiner } from '../../diagnose/examiner.ts';
import { CaptureSource } from '../../node/capture-source.ts';
import { streamTimeline } from '../../node/capture-timeline.ts';
import { attemptJson, summaryJson } from '../../view/verdict-json.ts';
import { attemptLines, type CaptureInfo, summaryLines } from '../../view/verdict-text.ts';
import { HalfopenError } from '../../wire/error.ts';

interface ExplainOptions {
  readonly json?: boolean;
  readonly limit: number;
}

export function registerExplain(program: Command): void {
  program
    .command('explain')
    .description('Say what became of every connection attempt in a capture, with the numbers that show it')
    .argument(
      '<capture...>',
      "pcap or pcapng files, also .gz and .zst, or '-' for standard input; several are one timeline",
    )
    .option('--json', 'print one JSON object: the summary and all attempts')
    .option('--limit <count>', 'show at most this many attempts; 0 shows all', count, DEFAULT_LIMIT)
    .addHelpText('after', HELP)
    .action(explain);
}

async function explain(paths: readonly string[], options: ExplainOptions): Promise<void> {
  if (paths.filter((path) => path === '-').length > 1) throw new HalfopenError("'-' is given twice, expected once");
  const sources = paths.map((path) => new CaptureSource(path));
  // A capture made to collide in the hash tables collides for nobody: the seed is ours, and no result depends on it.
  const examiner = new Examiner({ seed: randomInt(2 ** 32) });
  await streamTimeline(sources, (frame) => examiner.onFrame(frame));
  examiner.finish();
  const failure = sources.find((source) => source.failure !== undefined)?.failure;
  if (failure !== undefined && examiner.counts.packets === 0) throw failure;
  // What stands before damage, and the other files, are still worth reading.
  const info = captureInfo(sources);
  if (options.json) await printJson(info, examiner);
  else await printText(info, examiner, options.limit);
  // As tshark does: what was there is shown, and the exit code tells a script that it was not all.
  if (failure !== undefined) throw failure;
}

function captureInfo(sources: readonly CaptureSource[]): CaptureInfo {
  const [first] = sources;
  const skippedBlocks = new Map<string, number>();
  for (const { reader } of sources) {
    for (const [name, blocks] of reader.skippedBlocks) skippedBlocks.set(name, (skippedBlocks.get(name) ?? 0) + blocks);
  }
  const read = sources.filter(({ reader }) => reader.format !== undefined);
  const formats = [...new Set(read.map(({ reader }) => reader.format ?? 'pcap'))].sort();
  const format = formats.join(' and ');
  if (sources.length === 1 && first !== undefined) {
    return { name: first.name, format, skippedBlocks, damage: first.note };
  }
  const notes = sources.filter(({ note }) => note !== '').map(({ name, note }) => `${name}: ${note}`);
  return { name: `${sources.length} captures`, format, skippedBlocks, damage: notes.join('\n  ') };
}

async function printText(info: CaptureInfo, examiner: Examiner, limit: number): Promise<void> {
  const table = examiner.tracker.handshakes;
  await print(`${summaryLines(info, examiner).join('\n')}\n`);
  let shown = 0;
  let left = 0;
  for (let row = 0; row < table.end; row++) {
    if (!table.isHeld(row) || !table.isAttempt(row)) continue;
    if (limit > 0 && shown === limit) left++;
    else {
      shown++;
      await print(`\n${attemptLines(examiner, row).join('\n')}\n`);
    }
  }
  if (left > 0) {
    await print(`\n${left} more ${left === 1 ? 'attempt is' : 'attempts are'} not shown; --limit 0 shows all\n`);
  }
}

/** Attempts are written one by one: all of them as one string would not fit for a big flood. */
async function printJson(info: CaptureInfo, examiner: Examiner): Promise<void> {
  const table = examiner.tracker.handshakes;
  const head = JSON.stringify(summaryJson(info, examiner), undefined, 2);
  await print(`${head.slice(0, -2)},\n  "attempts": [`);
  let separator = '\n    ';
  for (let row = 0; row < table.end; row++) {
    if (!table.isHeld(row) || !table.isAttempt(row)) continue;
    await print(separator + JSON.stringify(attemptJson(examiner, row)));
    separator = ',\n    ';
  }
  await print('\n  ]\n}\n');
}

/** Waits where a pipe is slower than we are, so that output is not piled up in memory. */
async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 0.');
  return Number(text);
}

const DEFAULT_LIMIT = 50;

const HELP = `
Verdicts:
  completed   the SYN/ACK acknowledged the SYN (X+1) and was itself acknowledged (Y+1)
  half-open   SYN/ACK, but nothing acknowledges it
  aborted     the client answered the SYN/ACK with RST
  refused     RST in answer to the SYN: no listener, or a filter that rejects
  unanswered  none of these: lost, filtered, or the answer is not in the capture

Examples:
  halfopen explain handshake.pcapng
  tcpdump -w - -c 1000 'tcp' | halfopen explain -
  halfopen explain ring_*.pcap.gz
  halfopen explain --json big.pcap > verdicts.json`;
