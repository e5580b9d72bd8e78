/** `halfopen explain --json`: the summary and the attempts as plain data. Field names are part of the public interface. */
import { type Examiner, type VerdictTotals, verdictTotals } from '../diagnose/examiner.ts';
import { Later, LaterTime } from '../diagnose/handshake-words.ts';
import { Fact, VERDICT_NAMES } from '../diagnose/verdict.ts';
import { STATUS_NAMES } from '../wire/status.ts';
import type { CaptureInfo } from './verdict-text.ts';

/** A segment the verdict rests on. Times in ns since the first packet. */
export interface EvidenceJson {
  readonly packet: number;
  readonly time: number;
  readonly seq?: number;
  readonly ack?: number;
}

export interface AttemptJson {
  readonly verdict: string;
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
  readonly syn?: EvidenceJson;
  readonly synack?: EvidenceJson;
  readonly ack?: EvidenceJson;
  readonly rst?: EvidenceJson & { readonly from: 'client' | 'server' };
  readonly dataOnSyn: number;
  readonly synRetransmissions: number;
  readonly synackRetransmissions: number;
  readonly duplicates: number;
  /** Further facts by name: 'fastOpen', 'crossed' … */
  readonly notes: readonly string[];
}

export interface ExplainJson {
  readonly file: string;
  readonly format: string;
  readonly packets: number;
  readonly tcp: number;
  readonly syn: number;
  readonly synack: number;
  readonly rst: number;
  readonly fin: number;
  readonly durationNanos: number;
  readonly totals: VerdictTotals;
  /** Frames that are not whole TCP segments, by reason, and pcapng blocks without packets, by name. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly skippedBlocks: Readonly<Record<string, number>>;
  readonly damage: string;
}

/** Everything but the attempts, which are many: those one by one through `attemptJson`. */
export function summaryJson(info: CaptureInfo, examiner: Examiner): ExplainJson {
  const { counts, tracker } = examiner;
  const skipped: Record<string, number> = {};
  for (let status = 1; status < STATUS_NAMES.length; status++) {
    if (counts.byStatus[status]! > 0) skipped[STATUS_NAMES[status]!] = counts.byStatus[status]!;
  }
  return {
    file: info.name,
    format: info.format,
    packets: counts.packets,
    tcp: counts.tcp,
    syn: counts.syn,
    synack: counts.synack,
    rst: counts.rst,
    fin: counts.fin,
    durationNanos: tracker.endedAt,
    totals: verdictTotals(tracker),
    skipped,
    skippedBlocks: Object.fromEntries(info.skippedBlocks),
    damage: info.damage,
  };
}

export function attemptJson(examiner: Examiner, row: number): AttemptJson {
  const t = examiner.tracker.handshakes;
  const facts = t.facts(row);
  const has = (fact: number): boolean => (facts & fact) !== 0;
  return {
    verdict: VERDICT_NAMES[t.verdict(row)]!,
    client: examiner.addresses.format(t.client(row)),
    clientPort: t.clientPort(row),
    server: examiner.addresses.format(t.server(row)),
    serverPort: t.serverPort(row),
    ...(has(Fact.Syn) && { syn: { packet: t.synPacket(row), time: t.synAt(row), seq: t.x(row) } }),
    ...(has(Fact.SynAck) && {
      synack: { packet: t.synackPacket(row), time: t.synackAt(row), seq: t.y(row), ack: t.synackAck(row) },
    }),
    ...(has(Fact.Acked) && {
      ack: {
        packet: t.later(row, Later.ackPacket),
        time: t.laterTime(row, LaterTime.ack),
        ack: t.later(row, Later.ackAck),
      },
    }),
    ...(has(Fact.ServerRst | Fact.ClientRst) && {
      rst: {
        packet: t.later(row, Later.rstPacket),
        time: t.laterTime(row, LaterTime.rst),
        ack: t.later(row, Later.rstAck),
        from: has(Fact.ClientRst) ? ('client' as const) : ('server' as const),
      },
    }),
    dataOnSyn: t.later(row, Later.synLen),
    synRetransmissions: Math.max(0, t.syns(row) - 1),
    synackRetransmissions: Math.max(0, t.synacks(row) - 1),
    duplicates: t.later(row, Later.duplicates),
    notes: NOTE_NAMES.filter(([fact]) => has(fact)).map(([, name]) => name),
  };
}

const NOTE_NAMES: readonly (readonly [number, string])[] = [
  [Fact.DataOnSyn, 'dataOnSyn'],
  [Fact.FastOpen, 'fastOpen'],
  [Fact.SynAckFirst, 'synAckFirst'],
  [Fact.Crossed, 'crossed'],
  [Fact.LateAck, 'lateAck'],
  [Fact.AnswerNotCaptured, 'answerNotCaptured'],
  [Fact.SynAckChanged, 'synAckChanged'],
  [Fact.EcnSetup, 'ecnSetup'],
  [Fact.RstIgnored, 'rstIgnored'],
];
