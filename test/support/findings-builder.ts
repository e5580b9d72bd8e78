/** Attempts and findings written by hand, for tests of what people read: whole by default, any part replaced. */
import type { Attempt, FlowFacts } from '../../src/diagnose/attempt.ts';
import type { Findings, Judgement } from '../../src/diagnose/findings.ts';
import { Fact, Verdict } from '../../src/diagnose/verdict.ts';

const MS = 1e6;
const SEC = 1e9;

const FLOW: FlowFacts = {
  connState: 'SF',
  history: 'ShADadFf',
  completeness: 31,
  originator: 'client',
  firstAt: 0,
  lastAt: 200 * MS,
  origPackets: 5,
  origBytes: 120,
  origIpBytes: 388,
  respPackets: 4,
  respBytes: 512,
  respIpBytes: 728,
  missedBytes: 0,
};

/** 192.0.2.10:40000 completes a handshake with 203.0.113.80:80 in 20 ms. */
export function anAttempt(parts: Partial<Attempt> = {}): Attempt {
  return {
    verdict: Verdict.Completed,
    detail: 'by-ack',
    client: 0xc000020a,
    clientPort: 40000,
    server: 0xcb007150,
    serverPort: 80,
    direction: 'unknown',
    x: 1000,
    y: 5000,
    firstPacket: 1,
    firstAt: 0,
    lastAt: 200 * MS,
    syn: { packet: 1, ts: 0, seq: 1000, ack: -1 },
    synack: { packet: 2, ts: 15 * MS, seq: 5000, ack: 1001 },
    ack: { packet: 3, ts: 20 * MS, seq: 1001, ack: 5001 },
    rst: undefined,
    icmp: undefined,
    synLen: 0,
    synSchedule: { sent: 1, gaps: [], kind: 'once' },
    synackSchedule: { sent: 1, gaps: [], kind: 'once' },
    duplicates: 0,
    timing: { server: 15 * MS, client: 5 * MS, beside: 'neither' },
    clientOptions: { mss: 1460, windowScale: 7, sackPermitted: true, timestamps: true, fastOpen: -1, ecn: false },
    serverOptions: { mss: 1400, windowScale: 8, sackPermitted: true, timestamps: true, fastOpen: -1, ecn: false },
    clientPrint: { ttl: 55, hops: 9, window: 64240, options: 'mss,sok,ts,nop,ws' },
    serverPrint: { ttl: 60, hops: 4, window: 65160, options: 'mss,sok,ts,nop,ws' },
    facts: Fact.Syn | Fact.SynAck | Fact.Acked,
    flow: FLOW,
    ...parts,
  };
}

/** 198.51.100.7:1234 sends one SYN that is answered twice and never acknowledged. */
export function aHalfOpenAttempt(parts: Partial<Attempt> = {}): Attempt {
  return anAttempt({
    verdict: Verdict.HalfOpen,
    detail: 'silent-client',
    client: 0xc6336407,
    clientPort: 1234,
    firstPacket: 4,
    firstAt: 300 * MS,
    lastAt: 1301 * MS,
    syn: { packet: 4, ts: 300 * MS, seq: 77, ack: -1 },
    x: 77,
    synack: { packet: 5, ts: 301 * MS, seq: 9000, ack: 78 },
    y: 9000,
    ack: undefined,
    timing: undefined,
    synackSchedule: { sent: 2, gaps: [SEC], kind: 'backoff' },
    clientOptions: { mss: -1, windowScale: -1, sackPermitted: false, timestamps: false, fastOpen: -1, ecn: false },
    clientPrint: { ttl: 242, hops: 13, window: 0, options: '' },
    facts: Fact.Syn | Fact.SynAck,
    flow: {
      ...FLOW,
      connState: 'S1',
      history: 'Sh',
      completeness: 3,
      origPackets: 1,
      origBytes: 0,
      respPackets: 2,
      respBytes: 0,
    },
    ...parts,
  });
}

/** A spoofed flood of 1,000 SYN/s from second 10 to 40 against 203.0.113.80:80. */
export function aFlood(parts: Partial<Judgement> = {}): Judgement {
  const steps = 60;
  const during = (value: number): number[] => Array.from({ length: steps }, (_, i) => (i >= 10 && i < 40 ? value : 2));
  return {
    kind: 'flood',
    subject: { role: 'target', address: 0xcb007150, port: 80, prefix: '' },
    confidence: {
      level: 'high',
      score: 0.98,
      because: [
        { weight: 2.5, sentence: 'of 30,060 attempts 60 completed (0.2 %)', detector: 'completion-ratio' },
        { weight: 1.5, sentence: '29,990 sources sent one SYN each and never again', detector: 'source-entropy' },
        { weight: -0.5, sentence: 'the capture is short: 60 s', detector: '' },
      ],
    },
    onset: 10 * SEC,
    end: 40 * SEC,
    onsetWithin: 0,
    endWithin: SEC,
    attempts: 30_060,
    peakRate: 1012,
    sentence: 'SYN flood against 203.0.113.80:80 from 10 s to 40 s: 30,000 SYNs, at most 1,012 a second.',
    findings: [
      {
        detector: 'completion-ratio',
        state: 'fires',
        onset: 10 * SEC,
        end: 40 * SEC,
        onsetWithin: 10 * SEC,
        endWithin: 10 * SEC,
        value: 0.002,
        threshold: 0.5,
        sentence: 'Of 30,060 attempts 60 completed: 0.2 %, below 50 %.',
        evidence: [{ label: 'completed', value: '60 of 30,060', packets: [1, 2, 3] }],
      },
    ],
    rate: {
      start: 0,
      step: SEC,
      syn: during(1000),
      synack: during(1000),
      completed: during(2),
      refused: during(0),
      unfinished: during(998),
      strayReplies: during(0),
      newSources: during(999),
      halfOpen: during(30_000),
    },
    sources: {
      distinct: 29_990,
      exact: false,
      error: 0.03,
      entropy: 14.8,
      entropyMost: 14.9,
      spoofed: 'spoofed',
      because: ['29,990 sources for 30,000 SYNs', 'none of them answered a SYN/ACK, not even with RST'],
      top: [{ address: 0xc000020a, attempts: 60 }],
      ttls: [{ ttl: 242, share: 0.7 }],
      prints: [{ print: 'win 0, no options', share: 0.99 }],
      impossible: 12,
    },
    queue: {
      lifetime: 63,
      rests: 'five SYN/ACK retransmissions were seen',
      peak: 30_000,
      peakAt: 40 * SEC,
      backlogs: [
        { backlog: 128, full: true, fullAt: 10.2 * SEC, fullShare: 0.9 },
        { backlog: 4096, full: true, fullAt: 14.1 * SEC, fullShare: 0.8 },
        { backlog: 65_536, full: false, fullAt: -1, fullShare: 0 },
      ],
      enough: 30_001,
      applies: true,
      sentence: 'A backlog of 128 would have been full from 10.2 s on.',
    },
    telling: [4],
    unknown: ['whether the server used SYN cookies: no option of its SYN/ACKs tells'],
    ...parts,
  };
}

export function someFindings(parts: Partial<Findings> = {}): Findings {
  return {
    startSec: 1_700_000_000,
    startNanos: 250_000_000,
    duration: 60 * SEC,
    totals: {
      attempts: 30_060,
      completed: 60,
      halfOpen: 30_000,
      aborted: 0,
      refused: 0,
      unanswered: 0,
      cannotJudge: 0,
      midStream: 0,
      synackWithoutSyn: 0,
      synRetransmissions: 0,
      synackRetransmissions: 150_000,
      duplicates: 0,
    },
    vantage: { view: 'both-directions', sentence: 'Both directions were captured.' },
    judgements: [aFlood()],
    isn: [
      {
        of: 'server',
        samples: 512,
        kind: 'random',
        sentence: 'The initial sequence numbers of the server look random.',
      },
    ],
    expired: 0,
    evicted: 0,
    ...parts,
  };
}
