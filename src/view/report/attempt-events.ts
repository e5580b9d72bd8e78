/** The story of one attempt as rows from top to bottom: what was sent, again, after how long a silence, and what never came. */
import type { Attempt, Schedule, Side } from '../../diagnose/attempt.ts';
import { Fact, Verdict } from '../../diagnose/verdict.ts';
import { seqDiff } from '../../wire/seq.ts';

export type AttemptEvent =
  | {
      readonly kind: 'segment';
      readonly from: Side;
      readonly name: 'SYN' | 'SYN/ACK' | 'ACK' | 'RST' | 'ICMP';
      /** `seq X`, `ack Y+1`. */
      readonly numbers: string;
      readonly ts: number;
      /** As in Wireshark; -1 for a copy, of which only the time is known. */
      readonly packet: number;
      readonly again: boolean;
    }
  | { readonly kind: 'more'; readonly text: string; readonly ts: number }
  | { readonly kind: 'silence'; readonly length: number }
  | {
      readonly kind: 'missing';
      readonly from: Side;
      /** `no ACK of Y+1 ever came`. */
      readonly text: string;
      /** True: it may well have been sent, but this capture does not show it. */
      readonly unseen: boolean;
    };

/** At most two dozen rows. `answersSeen`: false when no answer to anybody is in the capture. */
export function attemptEvents(attempt: Attempt, answersSeen: boolean): AttemptEvent[] {
  const sent = segments(attempt).sort((a, b) => a.ts - b.ts);
  const events: AttemptEvent[] = [...missingBefore(attempt)];
  let latest = Number.NaN;
  for (const event of sent) {
    const silence = event.ts - latest;
    if (silence >= SILENCE) events.push({ kind: 'silence', length: silence });
    events.push(event);
    latest = event.ts;
  }
  return [...events, ...missingAfter(attempt, answersSeen)];
}

/** A sequence number counted from X or Y: `X`, `X+1`. Far from it, the number itself. */
function fromBase(value: number, base: number, symbol: string): string {
  const distance = seqDiff(value, base);
  if (base < 0 || Math.abs(distance) > FAR) return String(value);
  if (distance === 0) return symbol;
  return distance > 0 ? `${symbol}+${distance}` : `${symbol}−${-distance}`;
}

/** A silence that is worth a row of its own. */
const SILENCE = 200e6;
const FAR = 2 ** 24;
/** Copies drawn of one segment; the rest is said in a line. */
const MOST_COPIES = 4;

type Sent = Extract<AttemptEvent, { ts: number }>;

function segments(attempt: Attempt): Sent[] {
  const { syn, synack, ack, rst, icmp, x, y } = attempt;
  const sent: Sent[] = [];
  if (syn !== undefined) {
    const data = attempt.synLen > 0 ? `, ${attempt.synLen} bytes` : '';
    const first = { kind: 'segment', from: 'client', name: 'SYN', numbers: `seq X${data}`, again: false } as const;
    sent.push({ ...first, ts: syn.ts, packet: syn.packet });
    sent.push(...copies({ ...first, ts: syn.ts, packet: -1, again: true }, attempt.synSchedule));
  }
  if (synack !== undefined) {
    const numbers = `seq Y, ack ${fromBase(synack.ack, x, 'X')}`;
    const first = { kind: 'segment', from: 'server', name: 'SYN/ACK', numbers, again: false } as const;
    sent.push({ ...first, ts: synack.ts, packet: synack.packet });
    sent.push(...copies({ ...first, ts: synack.ts, packet: -1, again: true }, attempt.synackSchedule));
  }
  if (ack !== undefined && ack.packet !== synack?.packet) {
    const crossed = (attempt.facts & Fact.CrossAcked) !== 0;
    const numbers = `ack ${crossed ? fromBase(ack.ack, x, 'X') : fromBase(ack.ack, y, 'Y')}`;
    const from: Side = crossed ? 'server' : 'client';
    sent.push({ kind: 'segment', from, name: 'ACK', numbers, ts: ack.ts, packet: ack.packet, again: false });
  }
  if (rst !== undefined) {
    const base: readonly [number, string] = rst.from === 'server' ? [x, 'X'] : [y, 'Y'];
    const numbers = rst.ack < 0 ? '' : `ack ${fromBase(rst.ack, ...base)}`;
    sent.push({ kind: 'segment', from: rst.from, name: 'RST', numbers, ts: rst.ts, packet: rst.packet, again: false });
  }
  if (icmp !== undefined) {
    const { ts, packet, kind } = icmp;
    sent.push({ kind: 'segment', from: 'server', name: 'ICMP', numbers: kind, ts, packet, again: false });
  }
  return sent;
}

function copies(copy: Extract<Sent, { kind: 'segment' }>, { sent, gaps }: Schedule): Sent[] {
  const drawn: Sent[] = [];
  let ts = copy.ts;
  for (const gap of gaps.slice(0, MOST_COPIES)) {
    ts += gap;
    drawn.push({ ...copy, ts });
  }
  const left = sent - 1 - drawn.length;
  if (left > 0 && drawn.length > 0) {
    drawn.push({ kind: 'more', text: `${copy.name} sent ${left} more ${left === 1 ? 'time' : 'times'}`, ts });
  }
  return drawn;
}

function missingBefore({ verdict }: Attempt): AttemptEvent[] {
  if (verdict === Verdict.SynMissing) {
    return [{ kind: 'missing', from: 'client', text: 'no SYN in this capture', unseen: true }];
  }
  if (verdict === Verdict.MidStream) {
    return [{ kind: 'missing', from: 'client', text: 'no opening in this capture', unseen: true }];
  }
  return [];
}

function missingAfter({ verdict, detail }: Attempt, answersSeen: boolean): AttemptEvent[] {
  if (verdict === Verdict.HalfOpen && detail !== 'reset-by-server') {
    return [{ kind: 'missing', from: 'client', text: 'no ACK of Y+1 came', unseen: false }];
  }
  if (verdict === Verdict.Unanswered) {
    const unseen = detail === 'one-sided' || !answersSeen;
    const text = unseen ? 'no answer in this capture' : 'no SYN/ACK, no RST came';
    return [{ kind: 'missing', from: 'server', text, unseen }];
  }
  if (verdict === Verdict.CannotJudge) {
    return [{ kind: 'missing', from: 'server', text: 'the answer is not in this capture', unseen: true }];
  }
  return [];
}
