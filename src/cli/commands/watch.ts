/** `halfopen watch <capture>`: a capture as it is being written: what goes on now, and alarms when something begins. */
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import type { Frame } from '../../capture/types.ts';
import type { Examiner } from '../../diagnose/examiner.ts';
import type { JudgementKind } from '../../diagnose/findings.ts';
import { ALARM_KINDS } from '../../diagnose/live/alarm-book.ts';
import { LiveWatch } from '../../diagnose/live/live-watch.ts';
import type { WatchStatus } from '../../diagnose/live/watch-status.ts';
import { LiveCapture } from '../../node/live-capture.ts';
import { type MetricsServer, startMetrics } from '../../node/metrics-server.ts';
import { watchMetrics } from '../../node/watch-metrics.ts';
import { parseDuration } from '../../scenario/units.ts';
import { summaryLines } from '../../view/capture-text.ts';
import { DetailTally } from '../../view/detail-tally.ts';
import { plainText } from '../../view/text-line.ts';
import { HISTORY } from '../../view/watch-screen.ts';
import { HalfopenError } from '../../wire/error.ts';
import { oneOf } from '../arguments.ts';
import { refuseTerminal } from '../capture-arguments.ts';
import { stopSignal } from '../stop-signal.ts';
import { tell } from '../terminal.ts';
import { dashboard, jsonLines, plainLines, type Watched, type WatchOutput } from '../watch-output.ts';

interface WatchOptions {
  readonly jsonLines?: boolean;
  readonly metrics?: Listen;
  /** ns of capture time. */
  readonly interval?: number;
  readonly quiet?: boolean;
  readonly follow: boolean;
  readonly failOn?: readonly JudgementKind[];
}

interface Listen {
  readonly host: string;
  readonly port: number;
}

export function registerWatch(program: Command): void {
  program
    .command('watch')
    .description('Watch a capture while it is being written: rates, busiest targets, alarms with what they rest on')
    .argument('<capture>', 'a pcap or pcapng file that may still grow, a named pipe, or - for standard input')
    .option('--json-lines', 'one JSON object a line on standard output: alarms, statuses, a summary')
    .option('--metrics <address>', 'serve Prometheus metrics on this address, such as 127.0.0.1:9400', listenAddress)
    .option('--interval <time>', 'a status line each so much capture time (default: 10s)', interval)
    .option('--quiet', 'no dashboard and no statuses: alarms and the summary only')
    .option('--no-follow', 'stop at the end of a file instead of waiting for more')
    .option('--fail-on <kinds>', 'exit with 1 if there was such an alarm, such as flood,scan', kinds)
    .addHelpText('after', HELP)
    .action(watch);
}

async function watch(path: string, options: WatchOptions): Promise<void> {
  refuseTerminal(path);
  const every = options.interval ?? DEFAULT_INTERVAL;
  const stop = stopSignal();
  const seen = new Set<JudgementKind>();
  const capture = new LiveCapture(path, {
    signal: stop.signal,
    follow: options.follow,
    onNote: (sentence) => output.note(sentence),
  });
  const live = new LiveWatch({
    // A capture made to collide in the hash tables collides for nobody: the seed is ours. Only estimates, such as numbers of
    // sources, differ by a little between two watches of the same packets.
    seed: randomInt(2 ** 32),
    start: capture,
    onEvent: (event) => {
      seen.add(event.alarm.kind);
      output.alarm(event);
    },
  });
  const { examiner } = live;
  const now = (): WatchStatus => live.status(SECONDS, HISTORY);
  const output = outputOf(options, { name: capture.name, start: capture, addresses: examiner.addresses, now });
  const metrics = await metricsOf(options.metrics, () =>
    watchMetrics(now(), examiner.addresses, process.memoryUsage.rss()),
  );
  let due = every;
  let heardAt = Date.now();
  const timer = setInterval(() => {
    // What the packets cannot tell is how long there was none.
    const silence = Date.now() - heardAt;
    if (silence >= SILENCE) live.passTime(live.at + silence * 1e6);
    output.refresh();
    // A reader that has gone is told by the stream itself.
    output.flush().catch(() => {});
  }, REFRESH);
  const onFrame = (frame: Frame): void => {
    if (frame.ts >= due) {
      output.status(live.status(every / 1e9, HISTORY));
      due = (Math.floor(frame.ts / every) + 1) * every;
    }
    live.onFrame(frame);
  };
  try {
    await capture.read(onFrame, () => {
      heardAt = Date.now();
      return output.flush();
    });
    live.finish();
  } finally {
    clearInterval(timer);
    stop.release();
    metrics?.close();
    await output.end(live.status(every / 1e9, HISTORY), summary(capture, examiner));
    if (path === '-') process.stdin.destroy();
  }
  // As explain does: what was computed stands, and the exit code tells a script that the input was not whole.
  if (capture.failure !== undefined) throw capture.failure;
  if (options.failOn?.some((kind) => seen.has(kind))) process.exitCode = 1;
}

async function metricsOf(listen: Listen | undefined, text: () => Promise<string>): Promise<MetricsServer | undefined> {
  if (listen === undefined) return undefined;
  const metrics = await startMetrics({ ...listen, text });
  tell(`metrics at ${metrics.url}`);
  return metrics;
}

function outputOf(options: WatchOptions, watched: Watched): WatchOutput {
  const quiet = options.quiet === true;
  if (options.jsonLines) return jsonLines(watched, quiet);
  const onTerminal = process.stdout.isTTY === true && process.env.TERM !== 'dumb';
  return onTerminal && !quiet ? dashboard(watched, process.stdout) : plainLines(watched, quiet);
}

function summary(capture: LiveCapture, examiner: Examiner): string[] {
  const { name, format, skippedBlocks, failure } = capture;
  // What is no capture is told by its failure alone.
  if (format === '') return [];
  const damage = failure === undefined ? '' : failure.message;
  const { counts, fragments } = examiner;
  // Findings are of the last minutes, and said by alarms; the counts are of all that was read.
  const { totals, vantage, ...recent } = examiner.findings(capture.startSec, capture.startNanos);
  const findings = { ...recent, totals, vantage: { ...vantage, sentence: '' }, isn: [] };
  const info = { files: [{ name, format, damage }], skippedBlocks };
  const lines = summaryLines({ info, counts, fragments, findings, details: new DetailTally() });
  return plainText(lines).split('\n');
}

/** `127.0.0.1:9400`, `[::1]:9400`, `9400`: a port alone is on loopback. */
function listenAddress(text: string): Listen {
  const parts = /^(?:\[([\da-fA-F:.]+)\]:|([\w.-]+):)?(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3] ?? -1);
  if (port >= 0 && port <= 65_535) return { host: parts?.[1] ?? parts?.[2] ?? '127.0.0.1', port };
  throw new HalfopenError(`--metrics: expected an address and a port such as 127.0.0.1:9400, found "${text}"`);
}

function interval(text: string): number {
  const ns = parseDuration(text);
  if (ns >= LEAST_INTERVAL) return ns;
  throw new HalfopenError(`--interval: expected a time of at least 1s, such as 10s or 5m, found "${text}"`);
}

function kinds(text: string): JudgementKind[] {
  return text.split(',').map(oneOf('--fail-on', ALARM_KINDS));
}

const DEFAULT_INTERVAL = 10e9;
const LEAST_INTERVAL = 1e9;
/** Rates on the dashboard and in metrics are means of so many seconds. */
const SECONDS = 5;
/** ms between two looks at the dashboard, and without input before it counts as silence. */
const REFRESH = 500;
const SILENCE = 2000;

const HELP = `
The dashboard shows on a terminal; elsewhere a line for each interval of capture time, and one when an
alarm begins or ends. Ctrl+C ends the watch with a summary. Nothing is captured and nothing is sent.

Exit code: 0 when the watch ended, by Ctrl+C or SIGTERM too; 1 after an alarm named by --fail-on;
2 when something in the input cannot be read.

Examples:
  tcpdump -i eth0 -U -w - tcp | halfopen watch -
  halfopen watch growing.pcap --metrics 127.0.0.1:9400
  dumpcap -i eth0 -w - -f tcp | halfopen watch - --json-lines >> alarms.jsonl
  halfopen watch --no-follow --quiet --fail-on flood capture.pcapng`;
