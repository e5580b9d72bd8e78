/** What is known of the first attempts must not depend on whether the flows of later ones are followed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLIENT, DialogueCapture, SERVER } from '../../test/support/dialogue-capture.ts';
import { ACK, FIN, RST, SYN } from '../wire/segment.ts';
import { readAttempt } from './read-attempt.ts';

const FLAGS = [SYN, SYN, SYN | ACK, ACK, ACK, ACK | FIN, RST, RST | ACK];

/** Few ports and numbers, so that segments meet: copies, answers, late ones, sockets used again. */
const segment = fc.record({
  port: fc.integer({ min: 1, max: 4 }),
  fromClient: fc.boolean(),
  fields: fc.record({
    flags: fc.constantFrom(...FLAGS),
    seq: fc.constantFrom(100, 101, 102, 500, 501),
    ack: fc.constantFrom(0, 101, 102, 501, 502),
    len: fc.constantFrom(0, 0, 1),
  }),
});

test('of the first attempts everything is known, of later ones the flow is not', () => {
  let read = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 60 }), fc.integer({ min: 0, max: 4 }), (segments, flows) => {
      const all = new DialogueCapture();
      const some = new DialogueCapture({ flows });
      for (const { port, fromClient, fields } of segments) {
        for (const capture of [all, some]) {
          if (fromClient) capture.segment(CLIENT, port, SERVER, 80, fields);
          else capture.segment(SERVER, 80, CLIENT, port, fields);
        }
      }
      const attempts = all.attempts();
      const first = attempts
        .filter((attempt) => attempt.syn !== undefined)
        .sort((a, b) => a.firstPacket - b.firstPacket);
      const told = new Set(first.slice(0, flows).map((attempt) => attempt.firstPacket));
      for (const [row, attempt] of attempts.entries()) {
        if (some.tracker.flows.isFollowed(row)) {
          expect(readAttempt(some.tracker, row)).toEqual(attempt);
          read++;
        } else {
          expect(told).not.toContain(attempt.firstPacket);
          expect(() => readAttempt(some.tracker, row)).toThrow('not followed');
          refused++;
        }
      }
      expect(some.tracker.book.byVerdict).toEqual(all.tracker.book.byVerdict);
    }),
    { numRuns: 300 },
  );
  expect(read).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(50);
});
