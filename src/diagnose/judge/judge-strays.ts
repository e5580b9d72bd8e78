/** Judgements about replies to what is not in the capture: reflection, backscatter, and scans seen from their answers. */
import { findBackscatter } from '../detect/backscatter.ts';
import type { Judgement, RateCurve, Subject } from '../findings.ts';
import { mostActive } from '../source-statistics.ts';
import type { StrayProfile } from '../stray-ledger.ts';
import type { Reasons } from './confidence.ts';
import { type JudgementInput, TELLING } from './judgement-input.ts';
import {
  answersOfScanSentence,
  backscatterSentence,
  probesSentence,
  reflectionSentence,
  subjectText,
} from './sentences.ts';
import { MOST_COPIES, weighProbes, weighStrays } from './weigh-strays.ts';

/** `flooded`: hosts of which a flood is said already. */
export function judgeStrays(input: JudgementInput, flooded: ReadonlySet<number>): Judgement[] {
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
    const write = opinion.kind === 'scan' ? answersOfScanSentence : SENTENCES[opinion.kind];
    found.push(ofStrays(input, s, opinion.kind, opinion.reasons, write));
  }
  for (const s of input.probes) {
    const reasons = weighProbes(s);
    if (reasons === undefined || reasons.sum <= 0) continue;
    found.push(ofStrays(input, s, 'scan', reasons, probesSentence));
  }
  return found;
}

function ofStrays(
  input: JudgementInput,
  s: StrayProfile,
  kind: 'reflection' | 'backscatter' | 'scan',
  reasons: Reasons,
  write: (where: string, s: StrayProfile) => string,
): Judgement {
  const scan = kind === 'scan';
  const address = scan ? s.peers.top[0]!.value : s.address;
  const port = kind === 'backscatter' && s.serverPorts.distinct.count === 1 ? s.serverPorts.top[0]!.value : -1;
  const subject: Subject = { role: kind === 'reflection' ? 'target' : 'source', address, port, prefix: '' };
  const where = subjectText(subject, input.format);
  const host = input.ledger.targets.find((one) => one.scope === 'host' && one.address === s.address);
  return {
    kind,
    subject,
    confidence: reasons.confidence(),
    onset: s.firstAt,
    end: input.duration - s.lastAt < 2e9 ? -1 : s.lastAt,
    onsetWithin: 0,
    endWithin: 0,
    attempts: 0,
    peakRate: host?.peakStrays ?? 0,
    sentence: write(where, s),
    findings: [findBackscatter(s)],
    rate: host?.rate ?? NO_RATE,
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
      top: mostActive(s.peers),
      ttls: [],
      prints: [],
      impossible: 0,
    },
    queue: undefined,
    telling: s.packets.slice(0, TELLING),
    unknown: [
      ...(scan ? [] : ['Who sent the SYNs that were answered: replies do not say.']),
      ...(scan || s.mostCopies >= MOST_COPIES ? [] : ['Whether the SYNs took a way that this capture does not see.']),
    ],
  };
}

const SENTENCES = { reflection: reflectionSentence, backscatter: backscatterSentence } as const;

const NO_RATE: RateCurve = {
  start: 0,
  step: 1e9,
  syn: [],
  synack: [],
  completed: [],
  refused: [],
  unfinished: [],
  strayReplies: [],
  newSources: [],
  halfOpen: [],
};
