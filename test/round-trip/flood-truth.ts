/** A flood run's own truth beside what is read from its capture, in one form. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CaptureReader, readFrames } from '../../src/capture.ts';
import { type Attempt, Examiner, VERDICT_NAMES } from '../../src/diagnose.ts';
import { SegmentTap } from '../../src/node/segment-tap.ts';
import type { FloodReport } from '../../src/sim/flood-report.ts';
import { FloodRun } from '../../src/sim/flood-run.ts';
import { Census, type ClientAttempt, type ServedSyn } from '../../src/sim/measure/census.ts';
import type { FloodScenario } from '../../src/sim.ts';

/** One handshake, as the simulator or as the judge has it. */
export interface Handshake {
  readonly client: number;
  readonly clientPort: number;
  readonly port: number;
  readonly x: number;
  readonly verdict: string;
  readonly syns: number;
  readonly synAcks: number;
  readonly duplicates: number;
}

export interface RoundTrip {
  readonly report: FloodReport;
  readonly census: Census;
  /** Entries of the first listener's SYN queue at the end. */
  readonly halfOpen: number;
  readonly told: readonly Handshake[];
  readonly read: readonly Handshake[];
  readonly attempts: readonly Attempt[];
  readonly examiner: Examiner;
  readonly written: number;
}

/** Runs the scenario, writes what a tap at the server sees as `halfopen run --pcapng` does, and reads it back. */
export async function roundTrip(scenario: FloodScenario): Promise<RoundTrip> {
  const folder = mkdtempSync(join(tmpdir(), 'halfopen-'));
  try {
    const path = join(folder, 'tap.pcapng');
    const tap = await SegmentTap.create(path, 'server');
    const census = new Census();
    const run = new FloodRun(scenario, { taps: [tap], census });
    run.runTo(scenario.until);
    await tap.close();
    if (tap.failure !== null) throw tap.failure;
    const attempts: Attempt[] = [];
    const examiner = new Examiner({ sink: (attempt) => attempts.push(attempt) });
    for (const frame of readFrames(readFileSync(path), new CaptureReader(path))) examiner.onFrame(frame);
    examiner.finish();
    return {
      report: run.report(),
      census,
      halfOpen: run.frame(0).halfOpen,
      told: census.served.map((syn) => toldOf(syn, clientOf(census, syn))).sort(byName),
      read: attempts.map(readOf).sort(byName),
      attempts,
      examiner,
      written: tap.written,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The verdict that the run itself passes: the server's acts, and what the client's own connection made of them. */
function toldOf(syn: ServedSyn, client: ClientAttempt | undefined): Handshake {
  const { clientPort, port, x, syns, twins } = syn;
  const synAcks = syn.synAcks - twins;
  let verdict = 'half-open';
  if (synAcks === 0) verdict = syn.refusals > 0 ? 'refused' : 'unanswered';
  else if (client !== undefined && client.connectedAt >= 0 && syn.acknowledged) verdict = 'completed';
  else if (syn.reset) verdict = 'aborted';
  return { client: syn.client, clientPort, port, x, verdict, syns, synAcks, duplicates: twins };
}

function readOf(attempt: Attempt): Handshake {
  const { client, clientPort, serverPort, x, verdict, synSchedule, synackSchedule } = attempt;
  return {
    client,
    clientPort,
    port: serverPort,
    x,
    verdict: VERDICT_NAMES[verdict] ?? '?',
    syns: synSchedule.sent,
    synAcks: synackSchedule.sent,
    duplicates: attempt.duplicates,
  };
}

function clientOf(census: Census, syn: ServedSyn): ClientAttempt | undefined {
  return indexOf(census).get(`${syn.client} ${syn.clientPort} ${syn.x}`);
}

const indexes = new WeakMap<Census, Map<string, ClientAttempt>>();

function indexOf(census: Census): Map<string, ClientAttempt> {
  let index = indexes.get(census);
  if (index === undefined) {
    index = new Map(census.attempts.map((each) => [`${each.client} ${each.clientPort} ${each.x}`, each]));
    indexes.set(census, index);
  }
  return index;
}

function byName(a: Handshake, b: Handshake): number {
  return a.client - b.client || a.clientPort - b.clientPort || a.port - b.port || a.x - b.x;
}
