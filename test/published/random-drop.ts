/** L3: whether a client's entry outlives its round trip when each further SYN throws out one entry by lot. */
import { runFlood } from '../../src/sim/flood-run.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { floodScenario } from '../support/flood-scenario.ts';
import { type Estimate, estimateShare, intervalText, judge, judgement } from './estimate.ts';
import { people, plainQueue, SILENT } from './plain-queue.ts';
import { count, type Section, yesNo } from './section.ts';
import { randomDropSurvival } from './theory.ts';

const ROOMS = [128, 256, 1024];
const RATES = [100, 500, 1000, 5000];
const RTT = 100 * MS;
const SEEDS = 2;
/** With each seed. */
const CLIENTS = 1000;
/** Clients per SYN of the flood. */
const DILUTION = 0.1;

/** Reckoned on NANOG in September 1996 for IRIX 6.3, which dropped by lot as the first. */
const OF_1996 = [
  { room: 383, rate: 1200, rtt: 250 * MS, printed: '.456 (Wolff)' },
  { room: 382, rate: 100, rtt: 250 * MS, printed: '93 % (Schryver)' },
];

export function randomDrop(): Section {
  const table = ROOMS.flatMap((room) => RATES.map((rate) => survive(room, rate, RTT)));
  const history = OF_1996.map(({ room, rate, rtt, printed }) => ({ ...survive(room, rate, rtt), printed }));
  const all = [...table, ...history];
  return {
    id: 'L3',
    title: 'Random drop: who survives a round trip',
    source:
      'The formula P = (1 − 1/B)^(R·RTT) was worked out in public by B. Wolff and V. Schryver (NANOG list, September 1996), and Schryver saw losses “consistent with that computation” on IRIX; a number of each is below. L. Ricciulli, P. Lincoln and P. Kakkar, “TCP SYN Flooding Defense”, CNDS 1999, derive it and refine random drop by what happens at retransmission: of that paper only the abstract could be had, so none of its own numbers is claimed, and the refinement is not simulated.',
    setup: `Evenly spaced SYNs from silent addresses against a queue of exactly B entries, full before the first client comes; ${count(CLIENTS)} clients with each of ${SEEDS} seeds at this round trip, who come as a Poisson process of ${100 * DILUTION} % of R, send one SYN and a request with the ACK. Survived: the request was answered; a client whose entry is gone is reset when its ACK comes. R counts the SYNs that throw an entry out: the clients’ own as well, less one for each entry that a served client leaves free, so the flood alone is a little less than R.`,
    tolerance: judgement(all.length),
    tables: [
      {
        caption: 'Survival at a round trip of 100 ms: P of the formula, then simulated, with the 99 % interval.',
        head: ['B', ...RATES.map((rate) => `R = ${count(rate)}/s`)],
        rows: ROOMS.map((room) => [count(room), ...table.filter((s) => s.room === room).map(cellText)]),
      },
      {
        caption: 'The numbers of 1996:',
        head: ['B', 'R per s', 'RTT', 'printed', 'P', 'simulated', '99 % interval', 'holds'],
        rows: history.map((s) => [
          `${s.room}`,
          count(s.rate),
          `${s.rtt / MS} ms`,
          s.printed,
          s.estimate.theory.toFixed(3),
          s.estimate.simulated.toFixed(3),
          intervalText(s.estimate.interval, 3),
          yesNo(s.estimate.holds),
        ]),
      },
    ],
    checks: judge(
      all.map((s) => [`B = ${s.room}, R = ${s.rate}, RTT ${s.rtt / MS} ms`, s.estimate]),
      4,
    ),
    meaning:
      'Where a queue that drops the newcomer serves nobody, one that drops by lot still serves most people as long as the flood brings fewer SYNs in their round trip than the queue has entries; beyond that their chances fade gradually, nearby clients’ last. It costs no memory and no computing beyond the lot, but people at twice the distance have the square of the chance.',
  };
}

interface Survival {
  readonly room: number;
  readonly rate: number;
  readonly rtt: number;
  readonly estimate: Estimate;
}

function survive(room: number, rate: number, rtt: number): Survival {
  const theory = randomDropSurvival(room, (rate * rtt) / SEC);
  const own = rate * DILUTION;
  // Twice what fills it.
  const from = (2 * room * SEC) / rate;
  const to = from + (CLIENTS / own) * SEC;
  const until = to + SEC;
  const scenario = floodScenario({
    ...plainQueue(room, 7),
    policy: 'random-drop',
    until,
    sampleEvery: until,
    floods: [{ rate: { process: 'constant', rate: rate - own * (1 - theory) }, spoof: SILENT }],
    clients: [
      {
        arrivals: { process: 'poisson', rate: own, from, to },
        rtt: { shape: 'fixed', value: rtt },
        request: 10,
      },
    ],
  });
  let [attempts, served] = [0, 0];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const all = people(runFlood(scenario, { seed }));
    attempts += all.attempts;
    served += all.served;
  }
  return { room, rate, rtt, estimate: estimateShare(theory, served, attempts) };
}

function cellText(s: Survival): string {
  const outside = s.estimate.holds ? '' : ' **outside**';
  return `${s.estimate.theory.toFixed(3)}; ${s.estimate.simulated.toFixed(3)} in ${intervalText(s.estimate.interval, 3)}${outside}`;
}
