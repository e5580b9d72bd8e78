/**
 * What any listener defence must hold, whichever it is: it never keeps more than it may, loses nothing uncounted, serves
 * a client whom theory says it serves, and gives a reason. New defences are added to `contenders.ts`, not here.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LISTEN_SYN } from '../../src/tcp/rules-listen.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { ACK, SYN } from '../../src/wire/segment.ts';
import { Bout } from './bout.ts';
import { CONTENDERS, type Contender } from './contenders.ts';

/** One thing that happens: client `who` of a small crowd does it, or time passes. */
type Event = readonly ['syn' | 'ack' | 'rst' | 'stray' | 'accept', number] | readonly ['wait', number];

const who = fc.integer({ min: 0, max: 30 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('syn' as const), who) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('ack' as const), who) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('rst' as const), who) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('stray' as const), who) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('accept' as const), who) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('wait' as const), fc.integer({ min: 1, max: 20_000 })) },
);
type Story = { readonly seed: number; readonly capacity: number; readonly events: readonly Event[] };
const story: fc.Arbitrary<Story> = fc.record({
  seed: fc.nat(),
  capacity: fc.integer({ min: 1, max: 12 }),
  events: fc.array(event, { maxLength: 120 }),
});

/** Lets the story happen; `after` sees each event when it is over. */
function play({ seed, events }: Story, bout: Bout, after: (event: Event) => void = () => {}): void {
  for (const e of events) {
    const [what, n] = e;
    if (what === 'syn') bout.syn(n);
    else if (what === 'ack') bout.ack(n);
    else if (what === 'rst') bout.rst(n);
    else if (what === 'stray') bout.recv(1000 + n, { flags: ACK, seq: 5, ack: (seed + n) >>> 0 });
    else if (what === 'accept') bout.listener.accept();
    else bout.drive(bout.now + n * MS);
    after(e);
  }
}

function bouts(contender: Contender, capacity: number, seed: number): Bout {
  const options = contender.listen(capacity, seed);
  const bout = new Bout(options, options.config);
  return seed % 3 === 2 ? bout.v6() : bout;
}

/** Each SYN came to one end, and each entry to at most one. `dropped`: ListenDrops that were SYNs. */
function accounted(bout: Bout, dropped: number): void {
  const { counters } = bout.listener;
  const completed = counters.PassiveOpens - bout.cookieOpens;
  const kept = bout.half + counters.expired + counters.evicted + counters.EmbryonicRsts + completed;
  expect(counters.syns).toBe(kept + counters.SyncookiesSent + dropped + counters.refused);
}

describe.each(CONTENDERS)('$name', (contender) => {
  test('a client that comes alone gets through', () => {
    const bout = bouts(contender, 8, 1);
    expect(bout.syn(0)).toMatchObject([{ flags: SYN | ACK, ack: 1001 }]);
    bout.now = 50 * MS;
    expect(bout.ack(0)).toBe(true);
    expect(bout.listener.accept()).toMatchObject({ half: { mss: 1460, irs: 1000 } });
    expect(bout.half).toBe(0);
  });

  test.each([1, 2, 7, 64, 300])('a flood fills it to exactly what it may keep of %i, and no further', (capacity) => {
    const bout = bouts(contender, capacity, 1);
    let most = 0;
    for (let i = 0; i < 6 * capacity + 20; i++) {
      bout.syn(i);
      most = Math.max(most, bout.half);
    }
    if (contender.fillsUp !== false) expect(most).toBe(contender.most(capacity));
    expect(most).toBeLessThanOrEqual(contender.most(capacity));
  });

  test.each([0, 1, 30, 63, 64, 65, 200])(
    'under a flood, a client whose ACK %i SYNs overtake passes when it should',
    (n) => {
      const capacity = 64;
      const outcomes = [1, 2, 3, 4, 5].map((seed) => {
        const bout = bouts(contender, capacity, seed);
        bout.flood(1, 1 + capacity);
        bout.syn(0);
        bout.flood(5000, 5000 + n);
        return bout.ack(0);
      });
      const expected = contender.passes(n, capacity);
      if (expected === 'maybe') expect(outcomes).toHaveLength(5);
      else expect(outcomes).toEqual(Array(5).fill(expected));
    },
  );

  test('a SYN that comes again while its entry is there gets the same SYN/ACK', () => {
    const bout = bouts(contender, 8, 1);
    const [first] = bout.syn(0);
    bout.now = 700 * MS;
    const [second] = bout.syn(0);
    expect(second?.seq).toBe(first?.seq);
    expect(second?.flags).toBe(SYN | ACK);
  });

  test('entries leave by their timers, each counted, until none is left', () => {
    const bout = bouts(contender, 16, 1);
    bout.flood(0, 40);
    const held = bout.half;
    const { counters } = bout.listener;
    const evicted = counters.evicted;
    bout.drive(1000 * SEC);
    expect(bout.half).toBe(0);
    expect(counters.expired + counters.evicted - evicted).toBe(held);
    expect(bout.listener.nextTimer()).toBe(Infinity);
  });

  test('when a flood is over it is as before: the next one fills it as far as the first', () => {
    const bout = bouts(contender, 64, 1);
    const fill = (from: number): number => {
      bout.flood(from, from + 400);
      return bout.half;
    };
    const first = fill(0);
    bout.drive(bout.now + 2000 * SEC);
    expect(bout.half).toBe(0);
    // The same senders again, so that the same buckets are meant.
    expect(fill(0)).toBe(first);
  });

  test('a backlog lowered while it is full: nobody comes in beyond it, and each eviction takes an entry that is there', () => {
    const bout = bouts(contender, 64, 1);
    bout.flood(0, 200);
    const before = bout.half;
    bout.listener.setBacklog(8);
    const { counters } = bout.listener;
    for (let i = 1000; i < 1400; i++) {
      const evicted = counters.evicted;
      const held = bout.half;
      bout.syn(i);
      expect(bout.half).toBeLessThanOrEqual(Math.max(held, 1));
      expect(counters.evicted - evicted).toBeLessThanOrEqual(1);
    }
    expect(bout.half).toBeLessThanOrEqual(before);
    bout.drive(bout.now + 2000 * SEC);
    bout.flood(5000, 5400);
    expect(bout.half).toBeLessThanOrEqual(contender.most(64));
  });

  test('whatever happens, it keeps no more than it may, and every SYN and every entry is accounted for', () => {
    fc.assert(
      fc.property(story, (s) => {
        const bout = bouts(contender, s.capacity, s.seed);
        const { counters } = bout.listener;
        let dropped = 0; // ListenDrops also counts final ACKs
        let before = 0;
        play(s, bout, ([what]) => {
          if (what === 'syn') dropped += counters.ListenDrops - before;
          before = counters.ListenDrops;
          expect(bout.half).toBeLessThanOrEqual(contender.most(s.capacity));
          accounted(bout, dropped);
        });
      }),
      { numRuns: 150 },
    );
  });

  test('no connection comes of an ACK to a number that was never sent', () => {
    fc.assert(
      fc.property(story, (s) => {
        const bout = bouts(contender, s.capacity, s.seed);
        let opened = 0;
        play(s, bout, ([what]) => {
          const now = bout.listener.counters.PassiveOpens;
          if (what !== 'ack') expect(now).toBe(opened);
          opened = now;
        });
      }),
      { numRuns: 60 },
    );
  });

  test('a row given up holds an entry, and the policy says which before it goes', () => {
    fc.assert(
      fc.property(story, (s) => {
        const options = contender.listen(s.capacity, s.seed);
        const policy = options.policy;
        if (policy?.victim === undefined) return;
        const watched: typeof policy = {
          ...policy,
          victim: (now, queue) => {
            const row = policy.victim?.(now, queue) ?? -1;
            if (queue.length > 0) expect(queue.occupied(row)).toBe(true);
            return row;
          },
        };
        play(s, new Bout({ ...options, policy: watched }, options.config));
      }),
      { numRuns: 60 },
    );
  });

  test('each verdict has a reason, and asking for reasons changes nothing', () => {
    fc.assert(
      fc.property(story, (s) => {
        const silent = bouts(contender, s.capacity, s.seed);
        const talking = bouts(contender, s.capacity, s.seed).explain();
        const heard: string[] = [];
        play(s, silent, () => heard.push(JSON.stringify([silent.out, silent.listener.counters])));
        let at = 0;
        play(s, talking, ([what]) => {
          expect(JSON.stringify([talking.out, talking.listener.counters])).toBe(heard[at++]);
          if (what !== 'syn' || talking.reasons[0] !== LISTEN_SYN) return;
          expect(talking.reasons.length).toBeGreaterThanOrEqual(3); // the SYN, at least one ground, what was done
        });
      }),
      { numRuns: 60 },
    );
  });
});

test('a defence may take over from any other at any time', () => {
  const change = fc.record({ story, to: fc.integer({ min: 0, max: CONTENDERS.length - 1 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 2, maxLength: 6 }), (changes) => {
      const bout = new Bout({ backlog: 7 });
      const { counters } = bout.listener;
      let dropped = 0;
      let before = 0;
      for (const { story: s, to } of changes) {
        const policy = CONTENDERS[to]?.listen(8, s.seed).policy;
        if (policy !== undefined) bout.listener.policy = policy;
        play(s, bout, ([what]) => {
          if (what === 'syn') dropped += counters.ListenDrops - before;
          before = counters.ListenDrops;
          accounted(bout, dropped);
        });
      }
    }),
    { numRuns: 100 },
  );
});
