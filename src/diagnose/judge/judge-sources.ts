/** Judgements about busy sources: scans by SYN. */
import { findPortEntropy } from '../detect/dst-port-entropy.ts';
import type { SourceProfile, TargetProfile } from '../detect/target-profile.ts';
import { counted } from '../figures.ts';
import type { Judgement, SourceStatistics, Subject } from '../findings.ts';
import { downForAll } from './down-for-all.ts';
import { type JudgementInput, TELLING } from './judgement-input.ts';
import { scanSentence, subjectText } from './sentences.ts';
import { type ScanView, type Tried, weighScan } from './weigh-scan.ts';

export function judgeSources(input: JudgementInput): Judgement[] {
  const { ledger } = input;
  const view = viewOf(input);
  const found: Judgement[] = [];
  for (const source of ledger.sources) {
    const reasons = weighScan(source, triedBy(source, ledger.targets), view);
    if (reasons === undefined || reasons.sum <= 0) continue;
    const subject: Subject = { role: 'source', address: source.address, port: -1, prefix: '' };
    const sentence = scanSentence(subjectText(subject, input.format), source);
    const hosts = ledger.targets.filter((one) => one.scope === 'host');
    const host =
      source.hosts.count === 1 ? (hosts.find((one) => isMostlyOf(one, source)) ?? ledger.capture) : ledger.capture;
    const seconds = Math.max(1, (source.lastAt - source.firstAt) / 1e9);
    found.push({
      kind: 'scan',
      subject,
      confidence: reasons.confidence(),
      onset: source.firstAt,
      end: input.duration - source.lastAt < 2e9 ? -1 : source.lastAt,
      onsetWithin: 0,
      endWithin: 0,
      attempts: source.attempts,
      peakRate: host === ledger.capture ? Math.round(source.attempts / seconds) : host.peakRate,
      sentence,
      findings: [findPortEntropy(host)],
      rate: host.rate,
      sources: oneSource(source),
      queue: undefined,
      telling: packetsOf(source.address, [host, ...hosts]),
      unknown: view.shows !== 'syns' ? [] : ['Which sockets were open: no answers are in the capture.'],
    });
  }
  return found;
}

function viewOf({ ledger, vantage, cannotJudge, connectionsOf }: JudgementInput): ScanView {
  const { attempts, straySent } = ledger.capture.counts;
  const parts = connectionsOf(-1);
  // Samples show SYN/ACKs without their SYN beside connections without either; what a SYN came to they show seldom.
  if (parts >= 0.5 * attempts && straySent >= 0.3 * attempts) return { shows: 'syns', wentOn: 1 };
  const shows =
    vantage.view === 'both-directions' ? 'handshakes' : vantage.view === 'openings-only' ? 'answers' : 'syns';
  return { shows, wentOn: cannotJudge / Math.max(1, attempts) };
}

function isMostlyOf({ counts }: TargetProfile, source: SourceProfile): boolean {
  return source.attempts - source.over >= 0.8 * counts.attempts;
}

/** Sampled SYNs of a source, the earliest first. */
function packetsOf(source: number, profiles: readonly TargetProfile[]): number[] {
  const packets = new Set<number>();
  for (const { synSamples } of profiles) {
    synSamples.source.forEach((one, i) => {
      if (one === source && packets.size < TELLING) packets.add(synSamples.packet[i]!);
    });
  }
  return [...packets].sort((a, b) => a - b);
}

function triedBy(source: SourceProfile, targets: readonly TargetProfile[]): Tried {
  return { neighbours: neighboursOf(source.address, targets), down: downForAll(source, targets) };
}

/** The most hosts of one /24 that this source is known to have tried; IPv6 is not looked at. */
function neighboursOf(source: number, targets: readonly TargetProfile[]): number {
  const hosts = new Map<number, number>();
  for (const { scope, address, sources } of targets) {
    if (scope !== 'host' || address >= 2 ** 32 || !sources.top.some((one) => one.value === source)) continue;
    hosts.set(address >>> 8, (hosts.get(address >>> 8) ?? 0) + 1);
  }
  return Math.max(0, ...hosts.values());
}

function oneSource(source: SourceProfile): SourceStatistics {
  const heard = source.completed > 0;
  return {
    distinct: 1,
    exact: true,
    error: 0,
    entropy: 0,
    entropyMost: Math.log2(Math.max(1, source.attempts)),
    spoofed: heard ? 'not-spoofed' : 'cannot-tell',
    because: [
      heard
        ? `It completed ${counted(source.completed, 'handshake')}, so it hears the answers.`
        : 'Who scans wants to hear the answers, so the address is likely its own; nothing here proves it.',
    ],
    top: [{ address: source.address, attempts: source.attempts }],
    ttls: [],
    prints: [],
    impossible: 0,
  };
}
