/** `halfopen explain <capture...>`: what became of every connection attempt in captures read as one timeline. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { Attempt } from '../../diagnose/attempt.ts';
import { CaptureWatch } from '../../diagnose/capture-watch.ts';
import { detailOf } from '../../diagnose/detail.ts';
import { Examiner, type ExaminerOptions } from '../../diagnose/examiner.ts';
import { FactTally } from '../../diagnose/fact-tally.ts';
import { TrackerRows } from '../../diagnose/tracker-rows.ts';
import { VERDICT_NAMES, verdictOf } from '../../diagnose/verdict.ts';
import type { CaptureSource } from '../../node/capture-source.ts';
import { streamTimeline } from '../../node/capture-timeline.ts';
import { UnpackThreads } from '../../node/unpack-threads.ts';
import { type AttemptFilter, listed, passes } from '../../view/attempt-filter.ts';
import type { CaptureInfo } from '../../view/capture-info.ts';
import type { CaptureSummary } from '../../view/capture-text.ts';
import { DetailTally } from '../../view/detail-tally.ts';
import { VERDICT_TEXT } from '../../view/detail-text.ts';
import { FirstAttempts } from '../../view/first-attempts.ts';
import { wholeNumber } from '../arguments.ts';
import { addFilterOptions, attemptFilter, type FilterOptions, isFiltered } from '../attempt-filter-options.ts';
import { captureSources } from '../capture-arguments.ts';
import { ExplainOutputs, type OutputOptions } from '../explain-outputs.ts';
import { explainPage, mostShown, type PageOptions } from '../explain-page.ts';
import { print } from '../terminal.ts';

interface ExplainOptions extends FilterOptions, OutputOptions, PageOptions {
  readonly limit: number;
  readonly jobs: number;
  readonly bounded?: boolean;
}

export function registerExplain(program: Command): void {
  const command = program
    .command('explain')
    .description('Say what became of every connection attempt in a capture, and whether somebody was flooded')
    .argument(
      '<capture...>',
      'pcap or pcapng files, also .gz and .zst, or - for standard input; several are one timeline',
    );
  addFilterOptions(command)
    .option('--limit <count>', 'show at most this many attempts; 0 shows all', limit, DEFAULT_LIMIT)
    .option('--no-attempts', 'only the summary and the findings')
    .option('--details', 'with each attempt its timing, options, fingerprints and what Zeek and Wireshark call it')
    .option('--detectors', 'with each finding what every detector saw: formula, value, threshold, blind spots')
    .option('--bounded', 'need less than 200 MiB, however long the capture: hold at most 131,072 attempts at once')
    .option('--json', 'print one JSON object instead of text: summary, findings and all attempts')
    .option(
      '--csv <file>',
      'write the attempts as CSV, a row each; - writes them to standard output instead of the text',
    )
    .option('--parquet <file>', 'write them as Apache Parquet, likewise')
    .option('--zeek <file>', "write them as Zeek's conn.log, likewise")
    .option('--report <file>', 'write a report to read, print and hand on: one HTML file that needs nothing else')
    .option(
      '-j, --jobs <n>',
      'threads: with 2, the second unpacks .gz and .zst captures; no result depends on it',
      wholeNumber('--jobs', 1, 64),
      Math.min(2, availableParallelism()),
    )
    .addHelpText('after', HELP)
    .action(explain);
}

async function explain(paths: readonly string[], options: ExplainOptions): Promise<void> {
  const threads = new UnpackThreads(options.jobs - 1);
  const sources = captureSources(paths, threads);
  const facts = new FactTally();
  const shown = options.attempts ? Math.min(options.limit === 0 ? Infinity : options.limit, mostShown(options)) : 0;
  const first = new FirstAttempts(shown);
  const outputs = await ExplainOutputs.open(options, paths);
  let filter: AttemptFilter = attemptFilter(options, 0n);
  const selective = isFiltered(options);
  const all = selective || !outputs.isNone;
  let passed = 0;
  /** Does anything but the report want the row that is given next? */
  let listing = true;
  const examinerOf = (seed: number): Examiner =>
    new Examiner({
      seed,
      ...(options.bounded === true && bounded(seed)),
      flows: all || outputs.report !== undefined ? Infinity : shown,
      holds: (visit) => {
        first.eachAddress(visit);
        outputs.report?.eachAddress(visit);
      },
      wants: (row) => {
        const { handshakes } = examiner.tracker;
        facts.add(handshakes.facts(row));
        // An attempt that nobody will look at is not built.
        const drawn = outputs.report?.wants(handshakes, row) ?? false;
        listing = all || (handshakes.isAttempt(row) && isFirst(row));
        return listing || drawn;
      },
      sink: (attempt: Attempt) => {
        outputs.report?.add(attempt);
        if (!listing || !passes(filter, attempt, examiner.addresses)) return;
        passed++;
        outputs.add(attempt);
        if (listed(filter, attempt)) first.add(attempt);
      },
    });
  /** May it be one of the first? Those whose flow is not followed begin after as many as are shown. */
  function isFirst(row: number): boolean {
    const { flows, handshakes } = examiner.tracker;
    if (flows.isFollowed(row)) return first.wants(handshakes.firstPacket(row));
    first.pass();
    return false;
  }
  let start = { sec: 0, nanos: 0 };
  let examiner = examinerOf(0);
  try {
    await streamTimeline(
      sources,
      (frame) => {
        if (frame.number === 1) {
          start = { sec: frame.tsSec, nanos: frame.tsNanos };
          outputs.start = BigInt(start.sec) * 1_000_000_000n + BigInt(start.nanos);
          filter = attemptFilter(options, outputs.start);
          examiner = examinerOf(seedOf(start.sec, start.nanos));
          outputs.addresses = examiner.addresses;
        }
        examiner.onFrame(frame);
      },
      (ahead) => examiner.expect(ahead),
    );
    examiner.finish();
    const failure = sources.find((source) => source.failure !== undefined)?.failure;
    if (failure !== undefined && examiner.counts.packets === 0) throw failure;
    // What stands before damage, and the other files, are still worth reading.
    const findings = examiner.findings(start.sec, start.nanos);
    const { counts, fragments } = examiner;
    const details = new DetailTally();
    for (const [bits, times] of facts.read()) details.add({ verdict: verdictOf(bits), detail: detailOf(bits) }, times);
    const summary: CaptureSummary = { info: captureInfo(sources), counts, fragments, findings, details };
    outputs.finish(summary, passed);
    if (!outputs.takesStdout) {
      await print(
        explainPage(summary, { first, passed: selective ? passed : -1, options, addresses: examiner.addresses }),
      );
    }
    // As tshark does: what was there is shown, and the exit code tells a script that it was not all.
    if (failure !== undefined) throw failure;
  } finally {
    outputs.discard();
  }
}

/**
 * Hash tables and sketches are stirred by when the capture began: who makes packets that collide for one capture cannot
 * know that, and the same capture is explained in the same words each time.
 */
function seedOf(sec: number, nanos: number): number {
  return Math.imul((sec ^ Math.imul(nanos, 0x9e37_79b1)) | 0, 0x85eb_ca6b) >>> 0;
}

/** Rows are some 300 bytes each with all that is kept of a flow: 40 MB. A third of the targets that are watched otherwise. */
function bounded(seed: number): Pick<ExaminerOptions, 'limits' | 'counts'> {
  const counts = new CaptureWatch(new TrackerRows(), {
    seed,
    mostTargets: 16_384,
    mostWatched: 128,
    mostStrayHosts: 4096,
  });
  return { limits: { maxAttempts: 131_072 }, counts };
}

function captureInfo(sources: readonly CaptureSource[]): CaptureInfo {
  const skippedBlocks = new Map<string, number>();
  for (const { reader } of sources) {
    for (const [name, blocks] of reader.skippedBlocks) skippedBlocks.set(name, (skippedBlocks.get(name) ?? 0) + blocks);
  }
  const files = sources.map(({ name, reader, note }) => ({ name, format: reader.format ?? '', damage: note }));
  return { files, skippedBlocks };
}

const limit = wholeNumber('--limit', 0, 1_000_000_000);
const DEFAULT_LIMIT = 50;
const HELP = `
Verdicts, for --verdict (so are the details that stand beside them, such as no-answer or icmp):
${VERDICT_NAMES.map((name, i) => `  ${name.padEnd(12)}  ${VERDICT_TEXT[i]}`).join('\n')}

All filters must hold; of several hosts, ports or verdicts, one. They choose attempts, also those written to
files; the summary and the findings are always of the whole capture. Columns of the files: docs/explain.md.

Examples:
  halfopen explain handshake.pcapng
  halfopen explain flood.pcap --no-attempts --detectors
  halfopen explain web.pcap --host 192.0.2.0/24 --port 443 --verdict half-open,unanswered
  halfopen explain ring_*.pcap.gz --from 1m --to 1m30s --details
  halfopen explain big.pcap --csv attempts.csv --parquet attempts.parquet
  halfopen explain huge.pcap.zst --bounded --no-attempts
  halfopen explain flood.pcap --report flood.html --no-attempts
  halfopen explain --json big.pcap | jq .judgements
  tcpdump -w - -c 1000 'tcp' | halfopen explain -`;
