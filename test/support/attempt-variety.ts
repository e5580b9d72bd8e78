/** Attempts of every kind, for tests of outputs: each verdict and detail, with and without each part. */
import type { Attempt } from '../../src/diagnose/attempt.ts';
import { Fact, Verdict } from '../../src/diagnose/verdict.ts';
import { IPV6_BASE } from '../../src/wire/address.ts';
import { aHalfOpenAttempt, anAttempt } from './findings-builder.ts';

/** Some of them come from the first IPv6 address of a table. */
export function attemptVariety(): Attempt[] {
  const bare = anAttempt({
    verdict: Verdict.MidStream,
    detail: 'mid-stream',
    client: IPV6_BASE,
    direction: 'in',
    x: -1,
    y: -1,
    firstPacket: 20,
    firstAt: 9e9,
    lastAt: 9e9,
    syn: undefined,
    synack: undefined,
    ack: undefined,
    timing: undefined,
    clientOptions: undefined,
    serverOptions: undefined,
    clientPrint: undefined,
    serverPrint: undefined,
    synSchedule: { sent: 0, gaps: [], kind: 'once' },
    synackSchedule: { sent: 0, gaps: [], kind: 'once' },
    facts: 0,
  });
  const syn = { packet: 7, ts: 3e9, seq: 0xffff_ffff, ack: -1 };
  const unanswered = {
    ...bare,
    verdict: Verdict.Unanswered,
    detail: 'no-answer',
    syn,
    x: syn.seq,
    firstPacket: 7,
    firstAt: 3e9,
    lastAt: 10e9,
    synSchedule: { sent: 4, gaps: [1e9, 2e9, 4e9], kind: 'backoff' },
    facts: Fact.Syn,
  } as const;
  return [
    anAttempt(),
    aHalfOpenAttempt(),
    unanswered,
    {
      ...unanswered,
      verdict: Verdict.Refused,
      detail: 'reset',
      firstPacket: 12,
      rst: { packet: 13, ts: 3.05e9, seq: 0, ack: 0, from: 'server' },
    },
    {
      ...unanswered,
      verdict: Verdict.Refused,
      detail: 'icmp',
      firstPacket: 14,
      icmp: { packet: 15, ts: 3.1e9, from: 0xc0000201, kind: 'host-unreachable' },
    },
    anAttempt({
      verdict: Verdict.Aborted,
      detail: 'client-reset',
      firstPacket: 16,
      ack: undefined,
      rst: { packet: 18, ts: 20e6, seq: 1001, ack: -1, from: 'client' },
      facts: Fact.Syn | Fact.SynAck | Fact.ClientRst,
    }),
    bare,
  ];
}
