/** Judgements about busy sources: scans by SYN, and reflections in their name. */
import { findPortEntropy } from '../detect/dst-port-entropy.ts';
import type { LedgerReport, SourceProfile, TargetProfile } from '../detect/target-profile.ts';
import { counted } from '../figures.ts';
import type { Judgement, SourceStatistics, Subject } from '../findings.ts';
import type { Reasons } from './confidence.ts';
import { downForAll } from './down-for-all.ts';
import { type JudgementInput, TELLING } from './judgement-input.ts';
import { namedSentence, scanSentence, subjectText } from './sentences.ts';
import { weighNamed } from './weigh-named.ts';
import { type ScanView, type Tried, weighScan } from './weigh-scan.ts';

export function judgeSources(input: JudgementInput): Judgement[] {
  const { ledger } = input;
  const view = viewOf(input);
  const found: Judgement[] = [];
  for (const one of ledger.sources) {
    const opinion = opinionOn(one, ledger, view);
    if (opinion === undefined) continue;
    found.push(ofSource(input, opinion, view));
  }
  return found;
}

function ofSource(input: JudgementInput, { kind, source, reasons }: Opinion, view: ScanView): Judgement {
  const { ledger } = input;
  const scan = kind === 'scan';
  const subject: Subject = { role: scan ? 'source' : 'target', address: source.address, port: -1, prefix: '' };
  const where = subjectText(subject, input.format);
  const hosts = ledger.targets.filter((one) => one.scope === 'host');
  const host =
    source.hosts.count === 1 ? (hosts.find((one) => isMostlyOf(one, source)) ?? ledger.capture) : ledger.capture;
  const seconds = Math.max(1, (source.lastAt - source.firstAt) / 1e9);
  return {
    kind,
    subject,
    confidence: reasons.confidence(),
    onset: source.firstAt,
    end: input.duration - source.lastAt < 2e9 ? -1 : source.lastAt,
    onsetWithin: 0,
    endWithin: 0,
    attempts: source.attempts,
    peakRate: host === ledger.capture ? Math.round(source.attempts / seconds) : host.peakRate,
    sentence: scan ? scanSentence(where, source) : namedSentence(where, source),
    findings: [findPortEntropy(host)],
    rate: host.rate,
    sources: oneSource(source, kind),
    queue: undefined,
    telling: packetsOf(source.address, [host, ...hosts]),
    unknown: scan
      ? view.shows !== 'syns'
        ? []
        : ['Which sockets were open: no answers are in the capture.']
      : ['Who sent the SYNs: somebody else with this address, or it floods these servers itself.'],
  };
}

interface Opinion {
  readonly kind: 'scan' | 'reflection';
  readonly source: SourceProfile;
  readonly reasons: Reasons;
}

/**
 * Behind a NAT one of many may scan, and what the others do hides it; but a host that has hardly any other visitor, and many
 * ports of which were tried, was scanned. Then only that is said of the source.
 */
function opinionOn(one: SourceProfile, { targets }: LedgerReport, view: ScanView): Opinion | undefined {
  const all = weighScan(one, triedBy(one, targets), view);
  if (all !== undefined && all.sum > 0) return { kind: 'scan', source: one, reasons: all };
  if (one.hosts.count === 1) return undefined;
  const named = view.shows === 'handshakes' ? weighNamed(one) : undefined;
  if (named !== undefined && named.sum > 0) return { kind: 'reflection', source: one, reasons: named };
  for (const host of targets) {
    if (host.scope !== 'host' || host.ports.distinct.count < MANY_PORTS || !isBy(host, one)) continue;
    const source = atOneHost(one, host);
    const reasons = weighScan(source, { neighbours: 0, down: 0 }, view);
    if (reasons !== undefined && reasons.sum > 0) return { kind: 'scan', source, reasons };
  }
  return undefined;
}

function isBy({ sources }: TargetProfile, { address }: SourceProfile): boolean {
  const its = sources.top.find(({ value }) => value === address);
  return its !== undefined && its.count - its.over >= 0.9 * sources.total;
}

/** What a source did at a host that nobody else visits. */
function atOneHost({ address }: SourceProfile, { counts, ports }: TargetProfile): SourceProfile {
  const { attempts, answered, completed, refused, aborted, synAgain, firstAt, lastAt } = counts;
  const did = { attempts, answered, completed, refused, aborted, synAgain, firstAt, lastAt };
  return { address, over: 0, hosts: { count: 1, error: 0 }, ports: ports.distinct, sockets: ports.distinct, ...did };
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

function oneSource(source: SourceProfile, kind: Opinion['kind']): SourceStatistics {
  const heard = source.completed > 0;
  return {
    distinct: 1,
    exact: true,
    error: 0,
    entropy: 0,
    entropyMost: Math.log2(Math.max(1, source.attempts)),
    spoofed: heard ? 'not-spoofed' : 'cannot-tell',
    because: [
      kind === 'reflection'
        ? 'It did not acknowledge the answers to SYNs that carry its address.'
        : heard
          ? `It completed ${counted(source.completed, 'handshake')}, so it hears the answers.`
          : 'Who scans wants to hear the answers, so the address is likely its own; nothing here proves it.',
    ],
    top: [{ address: source.address, attempts: source.attempts }],
    ttls: [],
    prints: [],
    impossible: 0,
  };
}

/** Fewer ports of one host may all be services. */
const MANY_PORTS = 20;
