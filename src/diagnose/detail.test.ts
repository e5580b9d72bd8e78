import { expect, test } from 'vitest';
import { CLIENT, capture, type DialogueCapture, SERVER } from '../../test/support/dialogue-capture.ts';
import { ACK, FIN, PSH, RST, SYN } from '../wire/segment.ts';
import { readAttempt } from './read-attempt.ts';

const X = 1000;
const Y = 5000;

const syn = (c: DialogueCapture): DialogueCapture => c.client({ flags: SYN, seq: X });
const answered = (c: DialogueCapture): DialogueCapture => syn(c).server({ flags: SYN | ACK, seq: Y, ack: X + 1 });
const done = (c: DialogueCapture): DialogueCapture => answered(c).client({ flags: ACK, seq: X + 1, ack: Y + 1 });

const DIALOGUES: readonly (readonly [string, (c: DialogueCapture) => DialogueCapture])[] = [
  ['completed by-ack', done],
  ['completed by-data', (c) => answered(c).client({ flags: ACK | PSH, seq: X + 1, ack: Y + 1, len: 9 })],
  ['completed late-ack', (c) => answered(c).client({ flags: ACK, seq: X + 50, ack: Y + 300 })],
  [
    'completed fast-open-accepted',
    (c) =>
      c
        .client({ flags: SYN, seq: X, len: 10, tfoLen: 8 })
        .server({ flags: SYN | ACK, seq: Y, ack: X + 11 })
        .client({ flags: ACK, seq: X + 11, ack: Y + 1 }),
  ],
  [
    'completed fast-open-fallback',
    (c) =>
      c
        .client({ flags: SYN, seq: X, len: 10, tfoLen: 8 })
        .server({ flags: SYN | ACK, seq: Y, ack: X + 1 })
        .client({ flags: ACK | PSH, seq: X + 1, ack: Y + 1, len: 10 }),
  ],
  [
    'completed answer-not-captured',
    (c) =>
      syn(c)
        .client({ flags: ACK, seq: X + 1, ack: Y + 1 })
        .server({ flags: ACK, seq: Y + 1, ack: X + 1, len: 5 }),
  ],
  ['half-open silent-client', answered],
  ['half-open wrong-ack', (c) => answered(c).client({ flags: ACK, seq: X + 1, ack: Y + 7 - 100 })],
  ['half-open reset-by-server', (c) => answered(c).server({ flags: RST, seq: Y + 1 })],
  ['aborted client-reset', (c) => answered(c).client({ flags: RST, seq: X + 1 })],
  ['refused reset', (c) => syn(c).server({ flags: RST | ACK, seq: 0, ack: X + 1 })],
  ['refused reset-without-ack', (c) => syn(c).server({ flags: RST, seq: 0 })],
  ['unanswered no-answer', syn],
  ['unanswered gave-up', (c) => syn(c).client({ flags: RST, seq: X + 1 })],
  // A FIN whose acknowledgment field is still 0 comes from a client that was never answered.
  ['unanswered no-answer', (c) => syn(c).client({ flags: FIN | ACK, seq: X + 1, ack: 0 })],
  ['cannot-judge one-sided', (c) => syn(c).client({ flags: ACK, seq: X + 1, ack: Y + 1 })],
  ['syn-missing syn-ack-only', (c) => c.server({ flags: SYN | ACK, seq: Y, ack: X + 1 })],
  [
    'syn-missing mid-stream',
    (c) => c.server({ flags: SYN | ACK, seq: Y, ack: X + 1 }).client({ flags: ACK, seq: X + 1, ack: Y + 1 }),
  ],
  ['mid-stream stray-reset', (c) => c.server({ flags: RST | ACK, seq: 0, ack: X + 1 })],
  ['mid-stream mid-stream', (c) => c.client({ flags: ACK | PSH, seq: X + 900, ack: Y + 70, len: 4 })],
];

test.each(DIALOGUES)('%s', (expected, play) => {
  expect(play(capture()).details()).toEqual([expected]);
});

test('RFC 9293 figure 7, and a server that answers a SYN with its own', () => {
  const both = capture().client({ flags: SYN, seq: 100 }).server({ flags: SYN, seq: 300 });
  both.client({ flags: SYN | ACK, seq: 100, ack: 301 }).server({ flags: SYN | ACK, seq: 300, ack: 101 });
  expect(both.details()).toEqual(['completed simultaneous-open', 'completed simultaneous-open']);
  const split = capture().client({ flags: SYN, seq: 100 }).server({ flags: SYN, seq: 300 });
  split.client({ flags: SYN | ACK, seq: 100, ack: 301 }).server({ flags: ACK, seq: 301, ack: 101 });
  expect(split.details()).toEqual(['completed split-handshake', 'completed split-handshake']);
});

test('an ICMP error refuses only what nobody has answered', () => {
  const c = syn(capture());
  const quoted = { ...new (class {})(), src: CLIENT, sport: 40000, dst: SERVER, dport: 80, seq: X };
  c.tracker.onIcmp(c.now, 'time-exceeded', quoted as never, 7, 2);
  expect(c.details()).toEqual(['unanswered no-answer']);
  c.tracker.onIcmp(c.now, 'port-unreachable', quoted as never, 7, 3);
  expect(c.details()).toEqual(['refused icmp']);
  expect(readAttempt(c.tracker, 0).icmp).toEqual({ packet: 3, ts: c.now, from: 7, kind: 'port-unreachable' });
  const late = done(capture());
  late.tracker.onIcmp(late.now, 'port-unreachable', quoted as never, 7, 4);
  expect(late.details()).toEqual(['completed by-ack']);
});

test('what the headers offered, how often and how fast', () => {
  const c = capture();
  c.client(
    { flags: SYN | 0xc0, seq: X, wnd: 64240, mss: 1460, sackPerm: true, tsVal: 7, tsEcr: 0, ws: 7 },
    { ttl: 64 },
  );
  c.client(
    { flags: SYN | 0xc0, seq: X, wnd: 64240, mss: 1460, sackPerm: true, tsVal: 9, tsEcr: 0, ws: 7 },
    { wait: 1e9 },
  );
  c.server({ flags: SYN | ACK, seq: Y, ack: X + 1, wnd: 512 }, { ttl: 118, wait: 3e7 });
  c.client({ flags: ACK, seq: X + 1, ack: Y + 1 }, { wait: 2e6 });
  expect(c.attempts()[0]).toMatchObject({
    synSchedule: { sent: 2, gaps: [1e9], kind: 'backoff' },
    synackSchedule: { sent: 1, gaps: [], kind: 'once' },
    timing: { server: 1.03e9, client: 2e6, beside: 'client' },
    clientOptions: { mss: 1460, windowScale: 7, sackPermitted: true, timestamps: true, fastOpen: -1, ecn: true },
    serverOptions: { mss: -1, windowScale: -1, sackPermitted: false, timestamps: false, fastOpen: -1, ecn: false },
    clientPrint: { ttl: 64, hops: 0, window: 64240, options: 'mss,sok,ts,nop,ws' },
    serverPrint: { ttl: 118, hops: 10, window: 512, options: '' },
  });
});
