/** Filters, and the list of the first attempts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attemptVariety } from '../../test/support/attempt-variety.ts';
import { anAttempt } from '../../test/support/findings-builder.ts';
import { Verdict } from '../diagnose/verdict.ts';
import { AddressTable } from '../wire/address.ts';
import { type AttemptFilter, listed, passes } from './attempt-filter.ts';
import { FirstAttempts } from './first-attempts.ts';

const addresses = new AddressTable();
addresses.parse('2001:db8::1');
const ALL: AttemptFilter = { hosts: [], ports: [], verdicts: [], details: [], from: -Infinity, to: Infinity };

/** How many of the seven attempts pass. */
function passing(parts: Partial<AttemptFilter>): number {
  return attemptVariety().filter((attempt) => passes({ ...ALL, ...parts }, attempt, addresses)).length;
}

describe('a filter', () => {
  test('that asks for nothing lets all pass', () => {
    expect(passing({})).toBe(7);
  });

  test('by verdict or detail takes either', () => {
    expect(passing({ verdicts: [Verdict.Refused] })).toBe(2);
    expect(passing({ verdicts: [Verdict.Completed], details: ['icmp'] })).toBe(2);
  });

  test('by port looks at both sides, by time at the first packet', () => {
    expect(passing({ ports: [{ first: 80, last: 80 }] })).toBe(7);
    expect(passing({ ports: [{ first: 1000, last: 2000 }] })).toBe(1);
    expect(passing({ from: 3e9, to: 3e9 })).toBe(3);
  });

  test('by host takes one family only', () => {
    expect(
      passing({ hosts: [{ bytes: Uint8Array.of(0, 0, 0, 0), prefix: 0 }], ports: [{ first: 1234, last: 1234 }] }),
    ).toBe(1);
    const v6 = new Uint8Array(16);
    v6.set([0x20, 0x01, 0x0d, 0xb8]);
    expect(passing({ hosts: [{ bytes: v6, prefix: 32 }] })).toBe(4);
    expect(passing({ hosts: [{ bytes: v6, prefix: 128 }] })).toBe(0);
  });

  test('by network is arithmetic on the first bits', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff_ffff),
        fc.nat(0xffff_ffff),
        fc.integer({ min: 0, max: 32 }),
        (network, client, prefix) => {
          const bytes = Uint8Array.of(network >>> 24, network >>> 16, network >>> 8, network);
          const wanted = prefix === 0 || network >>> (32 - prefix) === client >>> (32 - prefix);
          const attempt = anAttempt({ client, server: client });
          expect(passes({ ...ALL, hosts: [{ bytes, prefix }] }, attempt, addresses)).toBe(wanted);
        },
      ),
    );
  });

  test('what is no attempt is listed only when asked for', () => {
    const midStream = attemptVariety().at(-1)!;
    expect(listed(ALL, midStream)).toBe(false);
    expect(listed({ ...ALL, details: ['mid-stream'] }, midStream)).toBe(true);
    expect(listed(ALL, anAttempt())).toBe(true);
  });
});

test('the first attempts are those that sorting would give', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1000), { maxLength: 60 }), fc.nat(20), (packets, most) => {
      const first = new FirstAttempts(most);
      for (const firstPacket of packets) first.add(anAttempt({ firstPacket }));
      expect(first.offered).toBe(packets.length);
      const sorted = [...packets].sort((a, b) => a - b).slice(0, most);
      expect(first.kept().map((attempt) => attempt.firstPacket)).toEqual(sorted);
    }),
  );
});
