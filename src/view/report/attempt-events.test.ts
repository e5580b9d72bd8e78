import { describe, expect, test } from 'vitest';
import { aHalfOpenAttempt, anAttempt } from '../../../test/support/findings-builder.ts';
import type { Attempt } from '../../diagnose/attempt.ts';
import { Verdict } from '../../diagnose/verdict.ts';
import { type AttemptEvent, attemptEvents } from './attempt-events.ts';

const MS = 1e6;
const SEC = 1e9;

function story(attempt: Attempt, answersSeen = true): string[] {
  return attemptEvents(attempt, answersSeen).map(line);
}

function line(event: AttemptEvent): string {
  switch (event.kind) {
    case 'segment':
      return `${event.ts / MS} ${event.from} ${event.name} ${event.numbers} ${event.again ? 'again' : `#${event.packet}`}`;
    case 'silence':
      return `silence ${event.length / MS}`;
    case 'more':
      return event.text;
    case 'missing':
      return `${event.unseen ? '?' : 'x'} ${event.from}: ${event.text}`;
  }
}

describe('the rows of a ladder', () => {
  test('a completed handshake is its three segments', () => {
    expect(story(anAttempt())).toEqual([
      '0 client SYN seq X #1',
      '15 server SYN/ACK seq Y, ack X+1 #2',
      '20 client ACK ack Y+1 #3',
    ]);
  });

  test('copies stand where they were sent, silences between them, and what never came at the end', () => {
    expect(story(aHalfOpenAttempt())).toEqual([
      '300 client SYN seq X #4',
      '301 server SYN/ACK seq Y, ack X+1 #5',
      'silence 1000',
      '1301 server SYN/ACK seq Y, ack X+1 again',
      'x client: no ACK of Y+1 came',
    ]);
  });

  test('many copies: four are drawn, the rest is said', () => {
    const synSchedule = { sent: 7, gaps: [1, 2, 4, 8, 16, 32].map((s) => s * SEC), kind: 'backoff' } as const;
    const rows = story(
      anAttempt({
        verdict: Verdict.Unanswered,
        detail: 'no-answer',
        synack: undefined,
        ack: undefined,
        y: -1,
        synSchedule,
      }),
    );
    expect(rows.filter((row) => row.endsWith('again'))).toHaveLength(4);
    expect(rows.at(-2)).toBe('SYN sent 2 more times');
    expect(rows.at(-1)).toBe('x server: no SYN/ACK, no RST came');
  });

  test('data on the SYN, a RST, an ICMP error', () => {
    const parts = { synack: undefined, ack: undefined, y: -1, synLen: 12 };
    const rst = { packet: 2, ts: 3 * MS, seq: 0, ack: 1013, from: 'server' } as const;
    expect(story(anAttempt({ ...parts, verdict: Verdict.Refused, detail: 'reset', rst }))).toEqual([
      '0 client SYN seq X, 12 bytes #1',
      '3 server RST ack X+13 #2',
    ]);
    const icmp = { packet: 2, ts: 3 * MS, from: 1, kind: 'host-unreachable' };
    expect(story(anAttempt({ ...parts, verdict: Verdict.Refused, detail: 'icmp', icmp })).at(-1)).toBe(
      '3 server ICMP host-unreachable #2',
    );
  });

  test('where no answer is in the capture at all, none is said to be missing', () => {
    const lone = {
      verdict: Verdict.Unanswered,
      detail: 'no-answer',
      synack: undefined,
      ack: undefined,
      y: -1,
    } as const;
    expect(story(anAttempt(lone), false).at(-1)).toBe('? server: no answer in this capture');
  });

  test('a SYN/ACK that nobody asked for', () => {
    const stray = anAttempt({ verdict: Verdict.SynMissing, detail: 'syn-ack-only', syn: undefined, ack: undefined });
    expect(story(stray)).toEqual(['? client: no SYN in this capture', '15 server SYN/ACK seq Y, ack X+1 #2']);
  });

  test('a number far from X is not counted from it', () => {
    const synack = { packet: 2, ts: 15 * MS, seq: 5000, ack: 3_000_000_000 };
    expect(story(anAttempt({ synack }))[1]).toBe('15 server SYN/ACK seq Y, ack 3000000000 #2');
  });
});
