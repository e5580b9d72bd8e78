/** One row of a tracker as the plain data that people, files and reports get. */
import type { Attempt, Evidence, Fingerprint, HandshakeTiming, OfferedOptions } from './attempt.ts';
import { detailOf } from './detail.ts';
import type { HandshakeTracker } from './handshake-tracker.ts';
import { Later, LaterTime } from './handshake-words.ts';
import { REFUSING } from './icmp-refusal.ts';
import { hopsOf, initialTtl } from './initial-ttl.ts';
import { offeredOptions, printText } from './option-print-text.ts';
import { NOT_KEPT } from './option-prints.ts';
import { Fact } from './verdict.ts';

/** Everything known of row `row`. Cold: it allocates. */
export function readAttempt(tracker: HandshakeTracker, row: number): Attempt {
  const t = tracker.handshakes;
  const facts = t.facts(row);
  const attempt = (facts & Fact.Syn) !== 0;
  const answered = (facts & Fact.SynAck) !== 0;
  return {
    verdict: t.verdict(row),
    detail: detailOf(facts),
    client: t.client(row),
    clientPort: t.clientPort(row),
    server: t.server(row),
    serverPort: t.serverPort(row),
    direction: DIRECTIONS[t.direction(row)]!,
    x: attempt || answered ? t.x(row) : -1,
    y: answered ? t.y(row) : -1,
    firstPacket: t.firstPacket(row),
    firstAt: t.firstAt(row),
    lastAt: t.lastAt(row),
    syn: attempt ? { packet: t.synPacket(row), ts: t.synAt(row), seq: t.x(row), ack: -1 } : undefined,
    synack: answered
      ? { packet: t.synackPacket(row), ts: t.synackAt(row), seq: t.y(row), ack: t.synackAck(row) }
      : undefined,
    ack: ackOf(tracker, row),
    rst: rstOf(tracker, row),
    icmp: icmpOf(tracker, row),
    synLen: t.later(row, Later.synLen),
    synSchedule: tracker.schedules.read(t.later(row, Later.synSchedule), t.syns(row)),
    synackSchedule: tracker.schedules.read(t.later(row, Later.synackSchedule), t.synacks(row)),
    duplicates: t.later(row, Later.duplicates),
    timing: timingOf(tracker, row),
    clientOptions: attempt ? optionsOf(tracker, t.synPrint(row), (facts & Fact.EcnSetup) !== 0) : undefined,
    serverOptions: answered ? optionsOf(tracker, t.synackPrint(row), t.synackEcn(row)) : undefined,
    clientPrint: attempt ? printOf(tracker, t.synTtl(row), t.synWindow(row), t.synPrint(row)) : undefined,
    serverPrint: answered ? printOf(tracker, t.synackTtl(row), t.synackWindow(row), t.synackPrint(row)) : undefined,
    facts,
    flow: tracker.flows.read(row),
  };
}

/** The segment that acknowledged the SYN/ACK, or that shows there was one. */
function ackOf(tracker: HandshakeTracker, row: number): Evidence | undefined {
  const t = tracker.handshakes;
  const packet = t.later(row, Later.ackPacket);
  if (packet === 0) return undefined;
  return {
    packet,
    ts: t.laterTime(row, LaterTime.ack),
    seq: t.later(row, Later.ackSeq),
    ack: t.later(row, Later.ackAck),
  };
}

function rstOf(tracker: HandshakeTracker, row: number): Attempt['rst'] {
  const t = tracker.handshakes;
  if (!t.has(row, Fact.ServerRst | Fact.ClientRst)) return undefined;
  const from = t.has(row, Fact.ClientRst) ? 'client' : 'server';
  return {
    packet: t.later(row, Later.rstPacket),
    ts: t.laterTime(row, LaterTime.rst),
    seq: t.later(row, Later.rstSeq),
    ack: t.later(row, Later.rstHasAck) !== 0 ? t.later(row, Later.rstAck) : -1,
    from,
  };
}

function icmpOf(tracker: HandshakeTracker, row: number): Attempt['icmp'] {
  const t = tracker.handshakes;
  if (!t.has(row, Fact.IcmpRefused)) return undefined;
  return {
    packet: t.later(row, Later.rstPacket),
    ts: t.laterTime(row, LaterTime.rst),
    from: t.reporter(row),
    kind: REFUSING[t.later(row, Later.rstSeq)] ?? 'other',
  };
}

function timingOf(tracker: HandshakeTracker, row: number): HandshakeTiming | undefined {
  const t = tracker.handshakes;
  const opened = Fact.Syn | Fact.SynAck | Fact.Acked;
  // A late or reordered segment says nothing of how long the handshake took.
  if ((t.facts(row) & (opened | Fact.LateAck | Fact.Crossed | Fact.SynAckFirst)) !== opened) return undefined;
  const server = t.synackAt(row) - t.synAt(row);
  const client = t.laterTime(row, LaterTime.ack) - t.synackAt(row);
  if (server < 0 || client < 0) return undefined;
  const atClient = t.synTtl(row) === initialTtl(t.synTtl(row));
  const atServer = t.synackTtl(row) === initialTtl(t.synackTtl(row));
  const beside = atClient ? (atServer ? 'both' : 'client') : atServer ? 'server' : 'neither';
  return { server, client, beside };
}

function optionsOf(tracker: HandshakeTracker, print: number, ecn: boolean): OfferedOptions | undefined {
  return print === NOT_KEPT ? undefined : offeredOptions(tracker.prints.bytes(print), ecn);
}

function printOf(tracker: HandshakeTracker, ttl: number, window: number, print: number): Fingerprint | undefined {
  if (print === NOT_KEPT) return undefined;
  return { ttl, hops: hopsOf(ttl), window, options: printText(tracker.prints.bytes(print)) };
}

const DIRECTIONS = ['unknown', 'in', 'out', 'unknown'] as const;
