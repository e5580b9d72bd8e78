/** Attempts as people read them. */
import { expect, test } from 'vitest';
import { attemptVariety } from '../../test/support/attempt-variety.ts';
import { aHalfOpenAttempt, anAttempt } from '../../test/support/findings-builder.ts';
import { Fact, Verdict } from '../diagnose/verdict.ts';
import { AddressTable } from '../wire/address.ts';
import { attemptLines } from './attempt-text.ts';
import { plainText } from './text-line.ts';

const addresses = new AddressTable();
addresses.parse('2001:db8::1');

function text(attempt: Parameters<typeof attemptLines>[0], details = false): string[] {
  return plainText(attemptLines(attempt, addresses, { endedAt: 100e9, details })).split('\n');
}

test('a handshake that completed needs no more than its three packets', () => {
  expect(text(anAttempt())).toEqual([
    'completed   192.0.2.10:40000 > 203.0.113.80:80',
    '  SYN      packet 1 at 0 s: seq 1000 (X)',
    '  SYN/ACK  packet 2 +15.000 ms: seq 5000 (Y), ack 1001 (X+1)',
    '  ACK      packet 3 +20.000 ms: ack 5001 (Y+1)',
  ]);
});

test('a half-open one says what is missing, and how long it was waited for', () => {
  expect(text(aHalfOpenAttempt())).toEqual([
    'half-open   198.51.100.7:1234 > 203.0.113.80:80',
    '  SYN      packet 4 at 300.000 ms: seq 77 (X)',
    '  SYN/ACK  packet 5 +1.000 ms: seq 9000 (Y), ack 78 (X+1), sent again once, after 1.000 s',
    '  Nothing acknowledges Y+1 = 9001 in the 99.7 s the capture goes on.',
  ]);
});

test('the others: each with the packet its verdict rests on', () => {
  const [, , unanswered, refused, icmp, aborted, midStream] = attemptVariety().map((attempt) => text(attempt));
  expect(unanswered).toEqual([
    'unanswered  [2001:db8::1]:40000 > 203.0.113.80:80',
    '  SYN      packet 7 at 3.000 s: seq 4294967295 (X), sent again 3 times, after 1.000 s, 2.000 s, 4.000 s: a real backoff',
    '  No SYN/ACK and no RST in the 97 s the capture goes on.',
  ]);
  // X+1 goes past 2^32.
  expect(refused?.slice(2)).toEqual(['  RST      packet 13 +50.000 ms: from the server, ack 0 (X+1)']);
  expect(icmp?.slice(2)).toEqual(['  ICMP     packet 15 +100.000 ms: host unreachable, from 192.0.2.1']);
  expect(aborted?.slice(3)).toEqual(['  RST      packet 18 +20.000 ms: from the client']);
  expect(midStream).toEqual([
    'mid-stream  [2001:db8::1]:40000 > 203.0.113.80:80',
    '  first    packet 20 at 9.000 s',
    '  The opening of this connection is not in the capture.',
  ]);
});

test('a detail that the packets do not show is said', () => {
  const lines = text(
    anAttempt({ detail: 'late-ack', duplicates: 2, facts: Fact.Syn | Fact.SynAck | Fact.SynAckFirst, synLen: 1 }),
  );
  expect(lines[1]).toBe('  SYN      packet 1 at 0 s: seq 1000 (X), 1 byte of data');
  expect(lines.slice(4)).toEqual([
    '  The bare ACK is not in the capture; a later segment acknowledges the SYN/ACK.',
    '  2 frames recorded more than once.',
    '  The SYN/ACK stands before its SYN in the capture.',
  ]);
});

test('details on demand: time, options, fingerprints, other tools', () => {
  expect(text(anAttempt({ direction: 'in' }), true).slice(4)).toEqual([
    "  time      15.000 ms on the server's side, 5.000 ms on the client's",
    '  client    MSS 1460, window scale 7, SACK, timestamps; TTL 55 (9 hops), window 64240, mss,sok,ts,nop,ws',
    '  server    MSS 1400, window scale 8, SACK, timestamps; TTL 60 (4 hops), window 65160, mss,sok,ts,nop,ws',
    '  direction in',
    '  Zeek      SF ShADadFf; Wireshark completeness 31',
    '  packets   5 from the client, 4 from the server',
  ]);
  expect(text(aHalfOpenAttempt(), true)[4]).toBe('  client    no options; TTL 242 (13 hops), window 0');
});

test('SYNs that crossed are acknowledged by X', () => {
  const facts = Fact.Syn | Fact.SynAck | Fact.Acked | Fact.Crossed | Fact.CrossAcked;
  const crossed = anAttempt({ verdict: Verdict.Completed, detail: 'simultaneous-open', facts });
  expect(text({ ...crossed, ack: { packet: 3, ts: 20e6, seq: 5001, ack: 1001 } })[3]).toBe(
    '  ACK      packet 3 +20.000 ms: ack 1001 (X+1)',
  );
});
