/** What became of a connection attempt, as far as the captured packets show. An attempt is a distinct SYN: 4-tuple and X. */

export const Verdict = {
  /** SYN/ACK acknowledged the SYN and was itself acknowledged; or both sides are seen to go on. */
  Completed: 0,
  /** SYN/ACK acknowledged the SYN; nothing acknowledged the SYN/ACK. */
  HalfOpen: 1,
  /** The client answered the SYN/ACK with RST. */
  Aborted: 2,
  /** RST, or an ICMP error, in answer to the SYN. */
  Refused: 3,
  /** None of these. */
  Unanswered: 4,
  /** Not an attempt: a SYN/ACK whose SYN is not in the capture (late start, one direction only, backscatter). */
  SynMissing: 5,
  /** The client went on at X+1, so its SYN was answered, but the answering side is not in the capture. */
  CannotJudge: 6,
  /** Not an attempt: a flow whose opening is not in the capture at all. */
  MidStream: 7,
} as const;

export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** Names for people and for JSON, by verdict. */
export const VERDICT_NAMES: readonly string[] = [
  'completed',
  'half-open',
  'aborted',
  'refused',
  'unanswered',
  'syn-missing',
  'cannot-judge',
  'mid-stream',
];

/** Facts about a row, as bits: what the verdict is made of, and what a reader should know besides. */
export const Fact = {
  Syn: 0x1,
  SynAck: 0x2,
  Acked: 0x4,
  ServerRst: 0x8,
  ClientRst: 0x10,
  /** The SYN carried data, so its acknowledgment may be X+1 to X+1+len (RFC 9293 §3.10.7.3). */
  DataOnSyn: 0x20,
  /** The SYN carried a Fast Open cookie, or asked for one (RFC 7413 §4.1.1). */
  FastOpen: 0x40,
  /** The SYN/ACK stands before its SYN in the capture. */
  SynAckFirst: 0x80,
  /** SYNs crossed on the same pair of sockets: simultaneous open or split handshake (RFC 9293 §3.5, figure 7). */
  Crossed: 0x100,
  /** The SYN of a crossed pair was acknowledged by its peer. */
  CrossAcked: 0x200,
  /** The acknowledging segment was not the bare Y+1: the third segment is not in the capture, or was lost. */
  LateAck: 0x400,
  /** The client went on at X+1 though no SYN/ACK was captured. */
  AnswerNotCaptured: 0x800,
  /** SYN/ACKs with different Y: several servers, or stateless cookies made anew. */
  SynAckChanged: 0x1000,
  /** SYN with ECE and CWR: asks for ECN (RFC 3168 §6.1.1). */
  EcnSetup: 0x2000,
  /** The RST lacks the ACK flag: somebody refused, but RFC 9293 §3.10.7.3 has a client in SYN-SENT drop it. */
  RstIgnored: 0x4000,
  /** An ICMP error that quotes the SYN came before any answer. */
  IcmpRefused: 0x8000,
  /** The client acknowledged something else than the SYN/ACK. */
  WrongAck: 0x1_0000,
  /** The segment that completed the handshake carried data. */
  DataAck: 0x2_0000,
  /** The SYN/ACK acknowledged data of the SYN. */
  SynDataTaken: 0x4_0000,
  /** The server acknowledged the SYN in a segment that is neither SYN/ACK nor RST. */
  ServerWentOn: 0x8_0000,
  /** The SYN of a crossed pair was acknowledged by a SYN/ACK; and so was that of its peer. */
  CrossSynAck: 0x10_0000,
  /** FINs by side, and a reset after the handshake or within a flow that began before the capture. */
  ClientFin: 0x20_0000,
  ServerFin: 0x40_0000,
  LateRst: 0x80_0000,
  /** Something else than SYN, SYN/ACK and RST was captured on a row that began without a SYN; from which side. */
  ClientSpoke: 0x100_0000,
  ServerSpoke: 0x200_0000,
  /** The row began with a segment of the server side. */
  ServerFirst: 0x400_0000,
  BothSynAcks: 0x800_0000,
} as const;

/** The verdict that a set of facts makes. */
export function verdictOf(facts: number): Verdict {
  if ((facts & Fact.Syn) === 0) return (facts & Fact.SynAck) !== 0 ? Verdict.SynMissing : Verdict.MidStream;
  if ((facts & Fact.Acked) !== 0) return Verdict.Completed;
  if ((facts & Fact.SynAck) !== 0) return (facts & Fact.ClientRst) !== 0 ? Verdict.Aborted : Verdict.HalfOpen;
  if ((facts & (Fact.ServerRst | Fact.IcmpRefused)) !== 0) return Verdict.Refused;
  if ((facts & Fact.AnswerNotCaptured) === 0) return Verdict.Unanswered;
  return (facts & Fact.ServerWentOn) !== 0 ? Verdict.Completed : Verdict.CannotJudge;
}
