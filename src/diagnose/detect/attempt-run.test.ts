import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ToldAttempts } from '../../../test/support/told-attempts.ts';

const MS = 1e6;

/** What happens next: an attempt at one of two sockets of one host, or something to an earlier attempt. */
const event = fc.record({
  what: fc.constantFrom('syn', 'syn', 'syn', 'syn', 'synack', 'complete', 'again', 'refuse'),
  client: fc.integer({ min: 1, max: 400 }),
  port: fc.constantFrom(80, 80, 80, 443),
  of: fc.nat(1000),
  // Frames may stand out of order.
  wait: fc.integer({ min: -3, max: 400 }),
});

/** Plays the events into a ledger that is asked for a report after every `asked` of them, and then for the last. */
function told(events: readonly (typeof event extends fc.Arbitrary<infer E> ? E : never)[], asked: number): unknown {
  const attempts = new ToldAttempts();
  const open: number[] = [];
  let at = 0;
  for (const [i, { what, client, port, of, wait }] of events.entries()) {
    at = Math.max(0, at + wait * MS);
    const row = open.length > 0 ? open[of % open.length]! : -1;
    if (what === 'syn' || row < 0) open.push(attempts.syn({ at, client, port }));
    else if (what === 'synack') attempts.synack(at, row);
    else if (what === 'complete') attempts.complete(at, row);
    else if (what === 'again') attempts.synAgain(at, row);
    else attempts.refuse(at, row);
    // A report ends the run under way, and changes nothing else.
    if (i % asked === asked - 1) attempts.ledger.report(0);
  }
  attempts.retireAll(at);
  attempts.ledger.finish(at);
  return attempts.ledger.report(at);
}

test('attempts counted in runs are the same as counted one by one', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300 }), (events) => {
      expect(told(events, 1000)).toEqual(told(events, 1));
    }),
  );
});
