/**
 * What was this? One word for each target, each busy source and the whole capture, with the reasons it rests on. Each
 * possible judgement is weighed by itself (`judge/`), and the heaviest is said if its reasons for outweigh those against.
 * Then what one judgement explains is not said again by another.
 */

import { findBackscatter } from './detect/backscatter.ts';
import { findPortEntropy } from './detect/dst-port-entropy.ts';
import { findSourceEntropy } from './detect/source-entropy.ts';
import { findFingerprint } from './detect/syn-fingerprint.ts';
import type { LedgerReport, SourceProfile, TargetProfile } from './detect/target-profile.ts';
import { counted, grouped } from './figures.ts';
import type { Judgement, JudgementKind, RateCurve, SourceStatistics, Subject, Vantage } from './findings.ts';
import { Reasons } from './judge/confidence.ts';
import {
  answersOfScanSentence,
  backscatterSentence,
  crowdSentence,
  floodSentence,
  reflectionSentence,
  scanSentence,
  stormSentence,
  subjectText,
  unknownOf,
} from './judge/sentences.ts';
import { type Stretch, stretchOf, unfinishedOf } from './judge/stretch.ts';
import { type Case, caseOf } from './judge/subject-case.ts';
import { weighFlashCrowd, weighRetryStorm } from './judge/weigh-crowd.ts';
import { weighFlood } from './judge/weigh-flood.ts';
import { type ScanView, weighScan } from './judge/weigh-scan.ts';
import { MOST_COPIES, weighStrays } from './judge/weigh-strays.ts';
import { sourceStatistics } from './source-statistics.ts';
import type { StrayProfile } from './stray-ledger.ts';

/** All that judgements are made of. */
export interface JudgementInput {
  readonly ledger: LedgerReport;
  readonly strays: readonly StrayProfile[];
  readonly vantage: Vantage;
  /** Attempts of which the capture shows that they went on though it has no answer to them. */
  readonly cannotJudge: number;
  /** ns from the first packet to the latest. */
  readonly duration: number;
  /** The capture goes on. */
  readonly live: boolean;
  /** Connections of a server (-1: of all) whose opening is not in the capture. */
  readonly connectionsOf: (server: number) => number;
  /** Text of an address handle. */
  readonly format: (address: number) => string;
}

/** Most telling first. A single `nothing` where nothing else is to be said. */
export function judge(input: JudgementInput): Judgement[] {
  const scanners = scans(input);
  const atTargets = targets(input, new Set(scanners.map((one) => one.subject.address)));
  // A flooded host in the capture answers: of those answers no second judgement is made.
  const flooded = new Set(atTargets.filter((one) => one.kind === 'flood').map((one) => one.subject.address));
  const found = [...atTargets, ...scanners, ...strays(input, flooded)];
  if (found.length === 0) return [nothing(input)];
  const rank = (j: Judgement): number => (j.kind === 'flood' ? 2 : j.kind === 'scan' ? 0 : 1);
  return found.sort((a, b) => rank(b) - rank(a) || b.attempts - a.attempts).slice(0, MOST_JUDGEMENTS);
}

interface Opinion {
  readonly kind: JudgementKind;
  readonly reasons: Reasons;
}

/** Sockets, then hosts of which several ports are concerned, then the network that all of the capture went to. */
function targets(input: JudgementInput, scanners: ReadonlySet<number>): Judgement[] {
  const { ledger } = input;
  const found: Judgement[] = [];
  const judgedHosts = new Set<number>();
  for (const scope of ['host', 'socket'] as const) {
    for (const profile of ledger.targets) {
      if (profile.scope !== scope || judgedHosts.has(profile.address)) continue;
      if (scope === 'host' && onePort(profile, ledger.targets)) continue;
      if (byScanners(profile, scanners)) continue;
      const c = surrounded(input, profile);
      const opinion = opinionOn(c);
      if (opinion === undefined) continue;
      // Each port by itself has a simpler story where it has one at all, except that many ports are one flood of the host.
      if (scope === 'host' && opinion.kind !== 'flood') continue;
      found.push(
        ofTarget(input, c, opinion, { role: 'target', address: profile.address, port: profile.port, prefix: '' }),
      );
      if (scope === 'host') judgedHosts.add(profile.address);
    }
  }
  if (found.length === 0) {
    const carpet = byScanners(ledger.capture, scanners) ? undefined : carpetFlood(input);
    if (carpet !== undefined) found.push(carpet);
  }
  return found;
}

function surrounded({ live, connectionsOf }: JudgementInput, profile: TargetProfile): Case {
  return caseOf(profile, { live, parts: connectionsOf(profile.address) });
}

function opinionOn(c: Case): Opinion | undefined {
  const opinions: (Opinion | undefined)[] = [
    made('flood', weighFlood(c)),
    made('retry-storm', weighRetryStorm(c)),
    made('flash-crowd', weighFlashCrowd(c)),
  ];
  return heaviest(opinions);
}

function made(kind: JudgementKind, reasons: Reasons | undefined): Opinion | undefined {
  return reasons === undefined ? undefined : { kind, reasons };
}

function heaviest(opinions: readonly (Opinion | undefined)[]): Opinion | undefined {
  let best: Opinion | undefined;
  for (const one of opinions) {
    if (one !== undefined && one.reasons.sum > (best?.reasons.sum ?? 0)) best = one;
  }
  return best;
}

/** Nearly all, or nearly all of what did not complete, went to one port: the socket says it better. */
function onePort({ address, ports, unfinished }: TargetProfile, targets: readonly TargetProfile[]): boolean {
  if ((ports.top[0]?.count ?? 0) >= 0.8 * ports.total) return true;
  return targets.some(
    (one) => one.scope === 'socket' && one.address === address && one.unfinished.attempts > 0.8 * unfinished.attempts,
  );
}

/** Nearly all comes from sources that scan: the scan says it better. */
function byScanners({ sources }: TargetProfile, scanners: ReadonlySet<number>): boolean {
  const theirs = sources.top
    .filter((one) => scanners.has(one.value))
    .reduce((sum, one) => sum + one.count - one.over, 0);
  return theirs >= 0.5 * sources.total;
}

/** Many hosts of one network, none of them with a large share: judged as one (the totals of the capture are theirs). */
function carpetFlood(input: JudgementInput): Judgement | undefined {
  const { capture, targets: all } = input.ledger;
  const hosts = all.filter((one) => one.scope === 'host');
  if (capture.hosts.count < CARPET_HOSTS || hosts.length < CARPET_HOSTS) return undefined;
  if (hosts.some((one) => one.unfinished.attempts > 0.5 * capture.unfinished.attempts)) return undefined;
  const c = surrounded(input, capture);
  const reasons = weighFlood(c);
  if (reasons === undefined) return undefined;
  const spread = `${grouped(capture.hosts.count)} hosts were sent SYNs, none of them most`;
  reasons.add(-1, spread, 'dst-port-entropy');
  // Who scans a network tries host after host from one address; forged sources hardly ever repeat.
  if (c.perSource >= 1.5) reasons.add(-3, 'their senders tried several hosts, as those do who scan', 'source-entropy');
  if (reasons.sum <= 0) return undefined;
  const prefix = commonPrefix(
    hosts.map((one) => one.address),
    input.format,
  );
  return ofTarget(input, c, { kind: 'flood', reasons }, { role: 'target', address: -1, port: -1, prefix });
}

/** The shortest network in which all these IPv4 hosts are, or '' where it would be wider than /8. */
function commonPrefix(hosts: readonly number[], format: (address: number) => string): string {
  const first = hosts[0]!;
  if (hosts.some((host) => host >= 2 ** 32)) return '';
  let bits = 32;
  for (const host of hosts) bits = Math.min(bits, Math.clz32((host ^ first) >>> 0));
  if (bits < 8) return '';
  const network = bits === 32 ? first : (first & ~(0xffff_ffff >>> bits)) >>> 0;
  return `${format(network)}/${bits}`;
}

function ofTarget(input: JudgementInput, c: Case, opinion: Opinion, subject: Subject): Judgement {
  const { profile } = c;
  const where = subjectText(subject, input.format);
  const { kind } = opinion;
  const when = stretchOf(
    profile.rate,
    kind === 'flood' ? unfinishedOf(profile.rate) : profile.rate.syn,
    input.duration,
  );
  const sources = sourceStatistics(c);
  const sentence =
    kind === 'flood'
      ? floodSentence(where, c, when, sources)
      : kind === 'retry-storm'
        ? stormSentence(where, c, when)
        : crowdSentence(where, c, when);
  return {
    kind,
    subject,
    confidence: opinion.reasons.confidence(),
    ...when,
    attempts: profile.counts.attempts,
    peakRate: profile.peakRate,
    sentence,
    findings: [...profile.findings, findSourceEntropy(profile), findPortEntropy(profile), findFingerprint(c)],
    rate: profile.rate,
    sources,
    queue: profile.queue,
    telling: tellingOf(profile, when),
    unknown: unknownOf(c, input.vantage, sources, input.duration),
  };
}

/** First packets of a few sampled attempts, spread over the time it went on. */
function tellingOf({ synSamples }: TargetProfile, { onset, end }: Stretch): number[] {
  const within = synSamples.packet.filter((packet, i) => {
    const at = synSamples.at[i]!;
    return packet > 0 && at >= onset && (end < 0 || at < end);
  });
  const step = Math.max(1, Math.floor(within.length / TELLING));
  return within.filter((_, i) => i % step === 0).slice(0, TELLING);
}

function scans(input: JudgementInput): Judgement[] {
  const { ledger, vantage, cannotJudge } = input;
  const { counts } = ledger.capture;
  const view: ScanView = {
    answersSeen: vantage.view === 'both-directions',
    wentOn: cannotJudge / Math.max(1, counts.attempts),
  };
  const found: Judgement[] = [];
  for (const source of ledger.sources) {
    const reasons = weighScan(source, neighboursOf(source.address, ledger.targets), view);
    if (reasons === undefined || reasons.sum <= 0) continue;
    const subject: Subject = { role: 'source', address: source.address, port: -1, prefix: '' };
    const sentence = scanSentence(subjectText(subject, input.format), source);
    const target = ledger.targets.find(
      (one) => one.scope === 'host' && source.attempts - source.over >= 0.8 * one.counts.attempts,
    );
    const host = source.hosts.count === 1 && target !== undefined ? target : ledger.capture;
    found.push({
      kind: 'scan',
      subject,
      confidence: reasons.confidence(),
      onset: source.firstAt,
      end: input.duration - source.lastAt < 2e9 ? -1 : source.lastAt,
      attempts: source.attempts,
      peakRate: host.peakRate,
      sentence,
      findings: [findPortEntropy(host)],
      rate: host.rate,
      sources: oneSource(source),
      queue: undefined,
      telling: host.synSamples.packet.filter((_, i) => host.synSamples.source[i] === source.address).slice(0, TELLING),
      unknown: view.answersSeen ? [] : ['Which sockets were open: no answers are in the capture.'],
    });
  }
  return found;
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

function strays(input: JudgementInput, flooded: ReadonlySet<number>): Judgement[] {
  const found: Judgement[] = [];
  const reflected = new Set<number>();
  // A receiver that is reflected at explains its senders, so receivers come first.
  const ordered = input.strays.toSorted((a, b) => Number(a.role === 'sent') - Number(b.role === 'sent'));
  for (const s of ordered) {
    if (s.role === 'sent' && flooded.has(s.address)) continue;
    const target = input.ledger.targets.find((one) => one.scope === 'host' && one.address === s.address);
    const attempts = s.role === 'sent' ? (target?.counts.attempts ?? 0) : 0;
    const opinion = weighStrays(s, attempts, input.vantage.view === 'clients-only' || input.cannotJudge > 0);
    if (opinion === undefined || opinion.reasons.sum <= 0) continue;
    const peer = s.peers.top[0]?.value ?? -1;
    if (s.role === 'sent' && s.peers.distinct.count <= 2 && reflected.has(peer)) continue;
    if (opinion.kind === 'reflection') reflected.add(s.address);
    found.push(ofStrays(input, s, opinion.kind, opinion.reasons));
  }
  return found;
}

function ofStrays(
  input: JudgementInput,
  s: StrayProfile,
  kind: 'reflection' | 'backscatter' | 'scan',
  reasons: Reasons,
): Judgement {
  const scan = kind === 'scan';
  const address = scan ? s.peers.top[0]!.value : s.address;
  const port = kind === 'backscatter' && s.serverPorts.distinct.count === 1 ? s.serverPorts.top[0]!.value : -1;
  const subject: Subject = { role: kind === 'reflection' ? 'target' : 'source', address, port, prefix: '' };
  const where = subjectText(subject, input.format);
  const write = scan ? answersOfScanSentence : kind === 'reflection' ? reflectionSentence : backscatterSentence;
  return {
    kind,
    subject,
    confidence: reasons.confidence(),
    onset: s.firstAt,
    end: input.duration - s.lastAt < 2e9 ? -1 : s.lastAt,
    attempts: 0,
    peakRate: 0,
    sentence: write(where, s),
    findings: [findBackscatter(s)],
    rate: input.ledger.targets.find((one) => one.scope === 'host' && one.address === s.address)?.rate ?? NO_RATE,
    sources: {
      distinct: s.peers.distinct.count,
      exact: s.peers.distinct.error === 0,
      error: s.peers.distinct.error,
      entropy: s.peers.entropy,
      entropyMost: s.peers.entropyMost,
      spoofed: 'cannot-tell',
      because: [
        'These are the hosts that replied; the SYNs they replied to, and their senders, are not in the capture.',
      ],
      top: s.peers.top.slice(0, 10).map(({ value, count }) => ({ address: value, attempts: count })),
      ttls: [],
      prints: [],
      impossible: 0,
    },
    queue: undefined,
    telling: s.packets.slice(0, TELLING),
    unknown: [
      'Who sent the SYNs that were answered: replies do not say.',
      ...(s.mostCopies >= MOST_COPIES ? [] : ['Whether the SYNs took a way that this capture does not see.']),
    ],
  };
}

function nothing(input: JudgementInput): Judgement {
  const { capture } = input.ledger;
  const c = surrounded(input, capture);
  const reasons = new Reasons();
  reasons.add(3, 'no target, source or reply reached what any of the judgements asks for');
  if (input.vantage.view === 'clients-only') reasons.add(-1, 'the answers are not in the capture', 'vantage');
  const { attempts } = capture.counts;
  return {
    kind: 'nothing',
    subject: { role: 'target', address: -1, port: -1, prefix: '' },
    confidence: reasons.confidence(),
    onset: -1,
    end: -1,
    attempts,
    peakRate: capture.peakRate,
    sentence: `No flood, scan, backscatter or storm among ${counted(attempts, 'attempt')}.`,
    findings: capture.findings,
    rate: capture.rate,
    sources: sourceStatistics(c),
    queue: undefined,
    telling: [],
    unknown: input.vantage.view === 'both-directions' ? [] : [input.vantage.sentence],
  };
}

const NO_RATE: RateCurve = {
  start: 0,
  step: 1e9,
  syn: [],
  synack: [],
  completed: [],
  refused: [],
  newSources: [],
  halfOpen: [],
};
const TELLING = 5;
const CARPET_HOSTS = 8;
const MOST_JUDGEMENTS = 50;
