/** Detector 10: from where was this captured? What cannot be seen from there must not be judged. */
import type { VerdictTotals } from '../examiner.ts';
import { counted, grouped, percent } from '../figures.ts';
import type { Vantage } from '../findings.ts';
import type { TargetCounts } from './target-profile.ts';
import type { DetectorInfo, Finding } from './types.ts';

export const VANTAGE: DetectorInfo = {
  id: 'vantage',
  title: 'Vantage: one direction or both',
  formula:
    'attempts answered or refused; clients that go on at X+1 without a captured answer; SYN/ACKs without a SYN that go on',
  source: 'Zeek (conn_state S0 and SHR need the other direction); RFC 9293 §3.5 (who may acknowledge what)',
  window: 'the whole capture',
  threshold:
    'no answer at all to ≥ 3 attempts; no SYN at all before ≥ 3 SYN/ACKs; ≥ 20 SYN/ACKs that hardly go again, and nothing at all that clients sent after their SYNs',
  blindSpots: [
    'A server that is down, and a capture without its answers, look the same while no client goes on.',
    'Asymmetric routes: some flows may show both directions, others one.',
    'A filter such as "SYN only" leaves nothing that could complete.',
    'Where nobody acknowledges SYN cookies, and where a filter kept SYNs and SYN/ACKs alone, the packets are the same.',
  ],
};

export function vantageOf(totals: VerdictTotals, counts: TargetCounts): Vantage {
  const { attempts, cannotJudge } = totals;
  const answered = counts.answered + counts.refused;
  if (attempts >= LEAST && answered === 0) {
    const proof =
      cannotJudge > 0
        ? `${counted(cannotJudge, 'client')} went on all the same, so answers took another way.`
        : 'Either the answers took another way, or nobody answered.';
    return {
      view: 'clients-only',
      sentence: `None of ${grouped(attempts)} attempts has an answer in this capture. ${proof} Completion cannot be judged.`,
    };
  }
  if (attempts < LEAST && totals.synackWithoutSyn >= LEAST && totals.synackWithoutSyn > 4 * attempts) {
    return {
      view: 'servers-only',
      sentence: `${counted(totals.synackWithoutSyn, 'SYN/ACK')} without a SYN: the capture shows the answers only, or answers nobody here asked for.`,
    };
  }
  if (attempts < LEAST) {
    return {
      view: 'too-little',
      sentence: `${counted(attempts, 'attempt')}: too little to say from where this was captured.`,
    };
  }
  if (isOpeningsOnly(counts)) {
    return {
      view: 'openings-only',
      sentence: `${counted(counts.answered, 'SYN/ACK')}, and nothing that clients sent after their SYNs: either the capture leaves it out, or nobody acknowledged SYN cookies. Completion cannot be judged.`,
    };
  }
  const oneSided =
    cannotJudge > 0 ? ` ${percent(cannotJudge / attempts)} of the attempts were answered where it does not look.` : '';
  return {
    view: 'both-directions',
    sentence: `Both directions were captured: ${grouped(answered)} of ${grouped(attempts)} attempts have an answer.${oneSided}`,
  };
}

/**
 * Are SYNs and SYN/ACKs in the capture and nothing else of clients, as behind the filter `tcp[tcpflags] & tcp-syn != 0`? A
 * server whose SYN/ACKs are not acknowledged sends them again, so one that does not was heard (or keeps no entries).
 */
function isOpeningsOnly(c: TargetCounts): boolean {
  const more = c.completed + c.fin + c.midStreamFromClient;
  // Resets may have been kept, too, of what people break off; and SYN/ACKs go again to those who vanish.
  return c.answered >= LEAST_ANSWERED && more === 0 && c.aborted < 0.1 * c.answered && c.synackAgain < 0.5 * c.answered;
}

/** The vantage as a finding beside the others: it never fires, but says what they could not see. */
export function findVantage({ view, sentence }: Vantage, { attempts, answered, refused }: TargetCounts): Finding {
  return {
    detector: VANTAGE.id,
    state: view === 'both-directions' ? 'quiet' : 'cannot-judge',
    onset: -1,
    end: -1,
    onsetWithin: 0,
    endWithin: 0,
    value: (answered + refused) / Math.max(1, attempts),
    threshold: 0,
    sentence,
    evidence: [
      { label: 'attempts with an answer here', value: `${grouped(answered + refused)} of ${grouped(attempts)}` },
    ],
  };
}

const LEAST = 3;
/** Fewer may all be of one tool that leaves. */
const LEAST_ANSWERED = 20;
