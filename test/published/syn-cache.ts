/** L2: how long entries live in the buckets of a SYN cache under the flood of Lemon's paper. */
import { runFlood } from '../../src/sim/flood-run.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { floodScenario } from '../support/flood-scenario.ts';
import { type Estimate, estimateShare, intervalText, judge, judgement } from './estimate.ts';
import { SILENT } from './plain-queue.ts';
import { count, type Section, yesNo } from './section.ts';
import { bucketSurvival } from './theory.ts';

const BUCKETS = 512;
const LIMIT = 30;
const RATE = 15_000;
const SECONDS = [0.3, 0.5, 0.8, 1, 1.2, 1.5];
const SEEDS = 2;
/** With each seed, from each distance. */
const CLIENTS = 300;
/** A second, over all six groups. */
const CLIENT_RATE = 180;

export function synCacheBuckets(): Section {
  const rows = residences();
  return {
    id: 'L2',
    title: 'SYN cache: how long an entry stays in its bucket',
    source: `J. Lemon, “Resisting SYN flood DoS attacks with a SYN cache”, BSDCon 2002: ${BUCKETS} buckets of ${LIMIT}, ${count(RATE)} SYN/s. The paper gives no survival curve; it notes that no entry was dropped before its handshake was over at the round trips of a LAN. The law is computed: SYNs fall into a bucket as a Poisson process of ${count(RATE)}/${BUCKETS} = ${(RATE / BUCKETS).toFixed(1)} per second, and an entry is thrown out by the ${LIMIT}th after it.`,
    setup: `Evenly spaced SYNs from forged addresses in 10.0.0.0/8, and ${CLIENT_RATE} clients a second at six distances, who send one SYN and a request with the ACK; those whose entries stay are ${count(RATE)} SYN/s together. From each distance come about ${CLIENTS} with each of ${SEEDS} seeds, from 2 s on, when the buckets are full. Survived: the request was answered.`,
    tolerance: judgement(rows.length),
    tables: [
      {
        caption: `The mean residence is ${BUCKETS} · ${LIMIT} / ${count(RATE)} = ${((BUCKETS * LIMIT) / RATE).toFixed(2)} s.`,
        head: ['round trip t', 'P(Poisson(29.3 t) ≤ 29)', 'simulated', '99 % interval', 'clients', 'holds'],
        rows: rows.map((r) => [
          `${r.seconds} s`,
          r.estimate.theory.toFixed(4),
          r.estimate.simulated.toFixed(4),
          intervalText(r.estimate.interval, 4),
          count(r.clients),
          yesNo(r.estimate.holds),
        ]),
      },
    ],
    checks: judge(
      rows.map((r) => [`${r.seconds} s`, r.estimate]),
      4,
    ),
    meaning:
      'Fifteen thousand small entries keep everybody whose round trip is below half a second through a flood that fills a backlog of 128 in 9 ms. The edge is soft, between 0.7 and 1.3 s: each bucket runs its own lottery. A flood ten times as strong moves the edge to a tenth of that, where many people live.',
  };
}

interface Residence {
  readonly seconds: number;
  readonly clients: number;
  readonly estimate: Estimate;
}

function residences(): Residence[] {
  const from = 2 * SEC;
  const to = from + ((CLIENTS * SECONDS.length) / CLIENT_RATE) * SEC;
  const until = to + 2 * SEC;
  const theory = SECONDS.map((seconds) => bucketSurvival(BUCKETS, LIMIT, RATE, seconds));
  const served = theory.reduce((sum, p) => sum + p, 0) / theory.length;
  const scenario = floodScenario({
    profile: 'rfc9293',
    policy: 'syn-cache',
    policyParams: { buckets: BUCKETS, bucketLimit: LIMIT },
    until,
    sampleEvery: until,
    floods: [{ rate: { process: 'constant', rate: RATE - CLIENT_RATE * (1 - served) }, spoof: SILENT }],
    clients: SECONDS.map((seconds, i) => ({
      name: `${seconds} s`,
      from: `198.18.${16 * i}.0/20`,
      arrivals: { process: 'poisson', rate: CLIENT_RATE / SECONDS.length, from, to },
      rtt: { shape: 'fixed', value: seconds * 1000 * MS },
      request: 10,
    })),
  });
  const reports = Array.from({ length: SEEDS }, (_, i) => runFlood(scenario, { seed: i + 1 }));
  return SECONDS.map((seconds, i) => {
    const groups = reports.flatMap(({ clients }) => clients.filter(({ name }) => name === `${seconds} s`));
    const hits = groups.reduce((sum, group) => sum + group.served, 0);
    const clients = groups.reduce((sum, group) => sum + group.attempts, 0);
    return { seconds, clients, estimate: estimateShare(theory[i] ?? Number.NaN, hits, clients) };
  });
}
