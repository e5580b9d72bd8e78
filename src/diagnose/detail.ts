/** Why a verdict is what it is, in one word, from the facts of a row. */
import type { Detail } from './attempt.ts';
import { Fact, Verdict, verdictOf } from './verdict.ts';

/** The detail that a set of facts makes. */
export function detailOf(facts: number): Detail {
  switch (verdictOf(facts)) {
    case Verdict.Completed:
      return completed(facts);
    case Verdict.HalfOpen:
      if ((facts & Fact.ServerRst) !== 0) return 'reset-by-server';
      return (facts & Fact.WrongAck) !== 0 ? 'wrong-ack' : 'silent-client';
    case Verdict.Aborted:
      return 'client-reset';
    case Verdict.Refused:
      if ((facts & Fact.ServerRst) === 0) return 'icmp';
      return (facts & Fact.RstIgnored) !== 0 ? 'reset-without-ack' : 'reset';
    case Verdict.Unanswered:
      return (facts & Fact.ClientRst) !== 0 ? 'gave-up' : 'no-answer';
    case Verdict.CannotJudge:
      return 'one-sided';
    case Verdict.SynMissing:
      return (facts & SPOKE) !== 0 ? 'mid-stream' : 'syn-ack-only';
    case Verdict.MidStream:
      return (facts & SPOKE) !== 0 ? 'mid-stream' : 'stray-reset';
  }
}

/** The way a handshake took comes before the kind of its last segment. */
function completed(facts: number): Detail {
  if ((facts & Fact.Acked) === 0) return 'answer-not-captured';
  // In a split handshake one side alone sends a SYN/ACK; when both did, both opened (RFC 9293 figure 7).
  if ((facts & CROSSED) === CROSSED) return (facts & Fact.BothSynAcks) !== 0 ? 'simultaneous-open' : 'split-handshake';
  // Data beside the option: without it RFC 9293 §3.4 lets a SYN carry data too, and nothing special is asked of the server.
  if ((facts & FAST_OPEN) === FAST_OPEN) {
    return (facts & Fact.SynDataTaken) !== 0 ? 'fast-open-accepted' : 'fast-open-fallback';
  }
  if ((facts & Fact.LateAck) !== 0) return 'late-ack';
  return (facts & Fact.DataAck) !== 0 ? 'by-data' : 'by-ack';
}

const SPOKE: number = Fact.ClientSpoke | Fact.ServerSpoke;
const CROSSED: number = Fact.Crossed | Fact.CrossAcked;
const FAST_OPEN: number = Fact.FastOpen | Fact.DataOnSyn;
