/**
 * What was this? One word for each target, each busy source and the whole capture, with the reasons it rests on. Each
 * possible judgement is weighed by itself (`judge/`), and the heaviest is said if its reasons for outweigh those against.
 * Then what one judgement explains is not said again by another.
 */

import { findBackscatter } from './detect/backscatter.ts';
import { findPortEntropy } from './detect/dst-port-entropy.ts';
import { findSourceEntropy } from './detect/source-entropy.ts';
import { findFingerprint } from './detect/syn-fingerprint.ts';
import type { TargetProfile } from './detect/target-profile.ts';
import { findVantage } from './detect/vantage.ts';
import { counted, grouped, short } from './figures.ts';
import type { Judgement, JudgementKind, Subject } from './findings.ts';
import { Reasons } from './judge/confidence.ts';
import { byScanners, isOfFlood } from './judge/explained-by-scans.ts';
import { FAST, LEAST_SOURCES } from './judge/flood-signs.ts';
import { judgeSources } from './judge/judge-sources.ts';
import { judgeStrays } from './judge/judge-strays.ts';
import { type JudgementInput, TELLING } from './judge/judgement-input.ts';
import { crowdSentence, floodSentence, stormSentence, subjectText, unknownOf } from './judge/sentences.ts';
import { type Stretch, stretchOf } from './judge/stretch.ts';
import { type Case, caseOf } from './judge/subject-case.ts';
import { weighFlashCrowd, weighRetryStorm } from './judge/weigh-crowd.ts';
import { weighFlood } from './judge/weigh-flood.ts';
import { sourceStatistics } from './source-statistics.ts';

/** Most telling first. A single `nothing` where nothing else is to be said; none where there was nothing to judge. */
export function judge(input: JudgementInput): Judgement[] {
  const scanning = judgeSources(input);
  const atTargets = targets(input, new Set(scanning.map((one) => one.subject.address)));
  // A flooded host in the capture answers: of those answers no second judgement is made.
  const flooded = new Set(atTargets.filter((one) => one.kind === 'flood').map((one) => one.subject.address));
  const scanners = scanning.filter((one) => !isOfFlood(one.subject.address, input.ledger, atTargets));
  const found = [...atTargets, ...scanners, ...judgeStrays(input, flooded)];
  if (found.length === 0) return nothing(input);
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
      if (byScanners(profile, scanners, ledger.sources)) continue;
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
    const carpet = byScanners(ledger.capture, scanners, ledger.sources) ? undefined : carpetFlood(input);
    if (carpet !== undefined) found.push(carpet);
  }
  return found;
}

function surrounded({ ledger, live, vantage, connectionsOf, format }: JudgementInput, profile: TargetProfile): Case {
  const { counts, unfinished } = ledger.capture;
  return caseOf(profile, {
    live,
    parts: connectionsOf(profile.address),
    known: ledger.sources,
    answers: counts.answered + counts.refused,
    silent: unfinished.silent,
    view: vantage.view,
    format,
  });
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
  if (ports.top.some((one) => one.count - one.over >= 0.8 * ports.total)) return true;
  return targets.some(
    (one) => one.scope === 'socket' && one.address === address && one.unfinished.attempts > 0.8 * unfinished.attempts,
  );
}

/** Many hosts of one network, none of them with a large share: judged as one (the totals of the capture are theirs). */
function carpetFlood(input: JudgementInput): Judgement | undefined {
  const { capture, targets: all } = input.ledger;
  const hosts = all.filter((one) => one.scope === 'host');
  if (capture.hosts.count < CARPET_HOSTS || hosts.length < CARPET_HOSTS) return undefined;
  if (hosts.some((one) => one.unfinished.attempts > 0.5 * capture.unfinished.attempts)) return undefined;
  const c = surrounded(input, capture);
  // Few addresses that come to each host slowly look after them, or look for them.
  if (c.sources < LEAST_SOURCES && c.peakUnfinished < FAST * capture.hosts.count) return undefined;
  const reasons = weighFlood(c);
  if (reasons === undefined) return undefined;
  const each = c.attempts / capture.hosts.count;
  const spread = `${grouped(capture.hosts.count)} hosts were sent SYNs, none of them most`;
  const top = capture.ports.top[0];
  const onePort = top !== undefined && top.count - top.over >= 0.8 * capture.ports.total;
  if (onePort && each >= 4 && c.perSource < 1.2 && c.peakUnfinished >= 0.2 * capture.hosts.count) {
    const text = `about ${short(each)} each at one port, hardly two of them by one source: who scans asks once`;
    reasons.add(0, `${spread}, ${text}`, 'dst-port-entropy');
  } else reasons.add(-1, spread, 'dst-port-entropy');
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
  const first = profile.watched < profile.counts.attempts ? -1 : (profile.synSamples.at[0] ?? -1);
  const when = stretchOf(profile.rate, kind === 'flood' ? c.curve : profile.rate.syn, input.duration, first);
  const sources = sourceStatistics(c);
  const sentence =
    kind === 'flood'
      ? floodSentence(where, c, when, sources, input.patience)
      : kind === 'retry-storm'
        ? stormSentence(where, c, when, input.patience)
        : crowdSentence(where, c, when, input.patience);
  return {
    kind,
    subject,
    confidence: opinion.reasons.confidence(),
    ...when,
    attempts: profile.counts.attempts,
    peakRate: profile.peakRate,
    sentence,
    findings: [
      ...profile.findings,
      findSourceEntropy(profile),
      findPortEntropy(profile),
      findFingerprint(c),
      ...input.strays.filter((s) => s.role === 'received' && s.address === profile.address).map(findBackscatter),
      findVantage(input.vantage, profile.counts),
    ],
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

/** Without an attempt or a reply to one, not even "nothing unusual": nothing was looked at, so nothing is sure. */
function nothing(input: JudgementInput): Judgement[] {
  const { capture } = input.ledger;
  const { attempts } = capture.counts;
  const replies = capture.rate.strayReplies.reduce((sum, n) => sum + n, 0);
  if (attempts === 0 && replies === 0) return [];
  const c = surrounded(input, capture);
  const reasons = new Reasons();
  reasons.add(3, 'no target, source or reply reached what any of the judgements asks for');
  if (input.vantage.view === 'clients-only') reasons.add(-1, 'the answers are not in the capture', 'vantage');
  if (input.vantage.view === 'openings-only') reasons.add(-1, 'what came after SYN/ACKs is not in it', 'vantage');
  const sentence =
    attempts > 0
      ? `No flood, scan, backscatter or storm among ${counted(attempts, 'attempt')}.`
      : `No backscatter, reflection or scan among ${counted(replies, 'reply', 'replies')} to SYNs that are not in the capture.`;
  const judgement: Judgement = {
    kind: 'nothing',
    subject: { role: 'target', address: -1, port: -1, prefix: '' },
    confidence: reasons.confidence(),
    onset: -1,
    end: -1,
    onsetWithin: 0,
    endWithin: 0,
    attempts,
    peakRate: capture.peakRate,
    sentence,
    findings: capture.findings,
    rate: capture.rate,
    sources: sourceStatistics(c),
    queue: undefined,
    telling: [],
    unknown: input.vantage.view === 'both-directions' ? [] : [input.vantage.sentence],
  };
  return [judgement];
}

const CARPET_HOSTS = 8;
const MOST_JUDGEMENTS = 50;
