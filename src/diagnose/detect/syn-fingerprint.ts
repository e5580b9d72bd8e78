/** Detector 8: do the SYNs look made by a tool? Stacks send options, vary in TTL and window, and try again on silence. */
import { grouped, percent } from '../figures.ts';
import type { Case } from '../judge/subject-case.ts';
import type { DetectorInfo, EvidenceRow, Finding } from './types.ts';

export const SYN_FINGERPRINT: DetectorInfo = {
  id: 'fingerprint',
  title: 'Fingerprint of the SYNs',
  formula:
    'number of signs: no options (≥ 80 %), one window and option list (≥ 95 % of 100 sources), ≤ 3 TTLs in 95 % of SYNs from ≥ 30 first octets, patterned ISNs, patterned source ports, no second try (< 5 % of ≥ 20 watched)',
  source:
    'RFC 9293 §3.7.1 (MSS in every SYN), RFC 6298 §2 and §5.5 (retransmission after 1 s, doubling), RFC 6528 (ISNs); p0f (window, option order, TTL)',
  window: 'attempts that did not complete, once each was watched for 3 s',
  threshold: '2 signs, with ≥ 50 attempts',
  blindSpots: [
    'A tool that copies the SYN of a real stack and draws TTLs at random shows only in that it never tries again.',
    'Clients of one make on one network (sensors, cameras, a load test) have one fingerprint.',
    'Some scanners and health checks send SYNs without options, too.',
    'Packets behind a proxy or NAT that rewrites SYNs all look like the proxy.',
  ],
};

export function findFingerprint(c: Case): Finding {
  const signs = signsOf(c);
  const enough = c.unfinished >= LEAST;
  const fires = enough && signs.length >= SIGNS;
  const { counts } = c.profile;
  return {
    detector: SYN_FINGERPRINT.id,
    state: enough ? (fires ? 'fires' : 'quiet') : 'cannot-judge',
    onset: fires ? counts.firstAt : -1,
    end: fires ? counts.lastAt : -1,
    onsetWithin: 0,
    endWithin: 0,
    value: signs.length,
    threshold: SIGNS,
    sentence: enough
      ? `${signs.length === 0 ? 'No sign' : signs.length === 1 ? '1 sign' : `${signs.length} signs`} of a tool${signs.length > 0 ? `: ${signs.map((s) => s.value).join('; ')}` : ''}.`
      : `${grouped(c.unfinished)} attempts that did not complete are too few for a fingerprint.`,
    evidence: signs,
  };
}

function signsOf(c: Case): EvidenceRow[] {
  const { traits, resending } = c.profile;
  const signs: EvidenceRow[] = [];
  if (c.withoutOptions >= 0.8) signs.push({ label: 'options', value: `${percent(c.withoutOptions)} without options` });
  if (c.sources >= 100 && c.commonPrint >= 0.95) {
    signs.push({ label: 'window and options', value: `${percent(c.commonPrint)} of one kind` });
  }
  if (c.sources >= 100 && c.networks >= 30 && c.ttls <= 3) {
    signs.push({
      label: 'TTL',
      value: `${c.ttls === 1 ? 'one TTL' : `${c.ttls} TTLs`} from ${c.networks} networks far apart`,
    });
  }
  if (c.isn.kind === 'constant' || c.isn.kind === 'counter' || c.isn.kind === 'few-values') {
    signs.push({
      label: 'sequence numbers',
      value: c.isn.kind === 'few-values' ? 'ISNs of few values' : `ISNs are a ${c.isn.kind}`,
    });
  }
  const patterned = traits.portRepeated + (c.sources >= LEAST ? traits.portNext : 0);
  if (patterned >= 0.8 * traits.attempts) signs.push({ label: 'source ports', value: 'source ports follow a pattern' });
  if (c.answersSeen && c.watchedForMore >= 20 && c.sentAgain < 0.05) {
    signs.push({ label: 'second tries', value: `${grouped(resending.never)} unanswered SYNs never sent again` });
  }
  return signs;
}

const LEAST = 50;
const SIGNS = 2;
