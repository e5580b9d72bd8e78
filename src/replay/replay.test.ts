/** From attempts to a workload, and what a run makes of it. */
import { describe, expect, test } from 'vitest';
import { aHalfOpenAttempt, anAttempt } from '../../test/support/findings-builder.ts';
import { Verdict } from '../diagnose/verdict.ts';
import { runFlood } from '../sim/flood-run.ts';
import { ObservedAttempts } from './observed-attempts.ts';
import { replayScenario } from './replay-scenario.ts';
import { busiestServers, workloadFor } from './workload.ts';

const SEC = 1e9;
const SERVER = { address: 0xcb007150, port: 80 };

/** `count` silent SYNs from second 10 on, one each `step` ns, of a source each. */
function silentSyns(observed: ObservedAttempts, count: number, step: number): void {
  for (let i = 0; i < count; i++) {
    const ts = 10 * SEC + i * step;
    observed.add(aHalfOpenAttempt({ client: 0x01000000 + i, syn: { packet: 4, ts, seq: i, ack: -1 }, x: i }));
  }
}

describe('who made an attempt', () => {
  test.each([
    ['completed', anAttempt(), { people: 1, completed: 1, silentSyns: 0, resetSyns: 0 }],
    ['nothing ever came after the SYN', aHalfOpenAttempt(), { people: 0, silentSyns: 1, resetSyns: 0 }],
    [
      'the SYN was repeated after 1 and 2 s, as a stack does',
      aHalfOpenAttempt({ synSchedule: { sent: 3, gaps: [SEC, 2 * SEC], kind: 'backoff' } }),
      { people: 1, completed: 0, silentSyns: 0 },
    ],
    [
      'the SYN was copied at once: each copy is a SYN',
      aHalfOpenAttempt({ synSchedule: { sent: 3, gaps: [1000, 1000], kind: 'copies' } }),
      { people: 0, silentSyns: 3, silentSources: 1 },
    ],
    [
      'RST after the SYN/ACK',
      aHalfOpenAttempt({ verdict: Verdict.Aborted }),
      { people: 0, resetSyns: 1, resetSources: 1 },
    ],
  ])('%s', (_, attempt, counts) => {
    const observed = new ObservedAttempts();
    observed.add(attempt);
    expect(workloadFor(observed, SERVER).counts).toMatchObject(counts);
  });

  test('a row without a SYN is no attempt', () => {
    const observed = new ObservedAttempts();
    observed.add(anAttempt({ syn: undefined }));
    expect(observed.count).toBe(0);
  });

  test('attempts beyond the limit are counted, not kept', () => {
    const observed = new ObservedAttempts(2);
    silentSyns(observed, 5, SEC);
    expect([observed.count, observed.left]).toEqual([2, 3]);
  });
});

test('arrivals keep their distances, whatever order they were told in', () => {
  const observed = new ObservedAttempts();
  const at = [3, 1, 2.5].map((s) => s * SEC);
  for (const ts of at) observed.add(aHalfOpenAttempt({ syn: { packet: 1, ts, seq: 1, ack: -1 } }));
  const [flood] = workloadFor(observed, SERVER).floods;
  expect([...(flood?.syns.at ?? [])]).toEqual([1, 2.5, 3].map((s) => s * SEC));
});

test('the busiest server comes first, and a server that is not there is an error', () => {
  const observed = new ObservedAttempts();
  silentSyns(observed, 3, SEC);
  observed.add(anAttempt({ serverPort: 443 }));
  expect(busiestServers(observed)).toEqual([
    { server: SERVER, attempts: 3 },
    { server: { address: SERVER.address, port: 443 }, attempts: 1 },
  ]);
  expect(() => workloadFor(observed, { ...SERVER, port: 25 })).toThrow('no attempt at port 25');
});

test('people have the distance that was measured for them, the others the median', () => {
  const observed = new ObservedAttempts();
  observed.add(anAttempt({ timing: { server: 1e6, client: 30e6, beside: 'server' } }));
  observed.add(anAttempt({ timing: { server: 40e6, client: 1e6, beside: 'client' } }));
  observed.add(anAttempt({ timing: { server: 10e6, client: 20e6, beside: 'neither' } }));
  observed.add(anAttempt({ timing: undefined }));
  const { people } = workloadFor(observed, SERVER);
  expect(people?.rtt).toEqual({ shape: 'cycle', values: [30e6, 40e6, 30e6, 30e6] });
});

describe('played', () => {
  const settings = { profile: 'linux-6', backlog: 128, set: [{ key: 'server.settings.tcp_syncookies', value: '0' }] };

  // Faster than Linux prunes a queue that is more than half full (ground truth D): at 10 a second it never fills.
  test('400 silent SYNs in 4 s fill 129 places after 1.28 s; 100 never do', () => {
    const many = new ObservedAttempts();
    silentSyns(many, 400, SEC / 100);
    const few = new ObservedAttempts();
    silentSyns(few, 100, SEC / 100);
    const full = runWith(many);
    expect(full.queue.peak).toBe(129);
    // A newcomer a second stands in the queue for one round trip of 50 ms.
    expect(full.queue.timeToExhaustion / SEC).toBeGreaterThan(1.25);
    expect(full.queue.timeToExhaustion / SEC).toBeLessThan(1.3);
    expect(runWith(few).queue.fullAt).toBe(-1);
  });

  test('with cookies newcomers are served, without them not at their first SYN', () => {
    const observed = new ObservedAttempts();
    silentSyns(observed, 2000, SEC / 100);
    const probes = (set: typeof settings.set) => runWith(observed, set).clients.find(({ name }) => name === 'probes');
    const [off, on] = [probes(settings.set), probes([])];
    expect(on?.attempts).toBe(21);
    expect(on?.answeredAtTry[0]).toBe(21);
    expect(off?.answeredAtTry[0]).toBeLessThan(10);
  });

  function runWith(observed: ObservedAttempts, set = settings.set) {
    const workload = workloadFor(observed, SERVER);
    return runFlood(replayScenario(workload, { ...settings, set }), { observed: workload.floods });
  }
});
