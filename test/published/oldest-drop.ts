/** L4: the step of a queue that drops its oldest entry. */
import type { RateSpec } from '../../src/sim/flood-model.ts';
import { runFlood } from '../../src/sim/flood-run.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { floodScenario } from '../support/flood-scenario.ts';
import { type Estimate, estimateShare, intervalText, judge, judgement } from './estimate.ts';
import { people, plainQueue, SILENT } from './plain-queue.ts';
import { type Check, count, type Section, yesNo } from './section.ts';
import { oldestDropSurvives, poissonAtMost } from './theory.ts';

const RTT = 100 * MS;
const ROOMS = [128, 1024];
/** Of R*, in SYNs per round trip beside B: well below, just below, just above, well above. */
const BESIDE = [
  { text: '0.5 B', syns: (room: number) => room / 2 },
  { text: 'B − 2', syns: (room: number) => room - 2 },
  { text: 'B + 1', syns: (room: number) => room + 1 },
  { text: '2 B', syns: (room: number) => 2 * room },
];
/** One after the other, so that none throws another's entry out. */
const CLIENTS = 25;
const SPACING = 110 * MS;

/** Poisson floods at and beside R*: the step as random arrivals soften it. */
const POISSON = { room: 128, clients: 300, of: [0.8, 0.9, 1, 1.1, 1.2] };

export function oldestDrop(): Section {
  const steps = ROOMS.flatMap((room) => BESIDE.map((beside) => step(room, beside.text, beside.syns(room))));
  const soft = POISSON.of.map(soften);
  return {
    id: 'L4',
    title: 'Oldest-drop: a step at R* = B / RTT',
    source:
      'V. Schryver on the NANOG list, 25 September 1996: drop-oldest “works 100 % … but its performance falls off the cliff to 0 % at R = L/RTT”. RFC 4987 §3.4 describes the defence without numbers.',
    setup: `Evenly spaced SYNs from silent addresses against a full queue of B entries; ${CLIENTS} clients at a round trip of 100 ms, one after the other, who send one SYN and a request with the ACK. Survived: the request was answered. An entry is thrown out by the B-th SYN after it.`,
    tolerance: `The step: two SYNs in a round trip; with B − 2 everybody is served, with B + 1 nobody. Poisson floods: ${judgement(soft.length)}`,
    tables: [
      {
        caption: '',
        head: ['B', 'R*', 'SYNs in a round trip', 'R per s', 'theory', 'served', 'holds'],
        rows: steps.map((s) => [
          count(s.room),
          `${count(s.room * 10)}/s`,
          s.text,
          count(s.rate),
          s.theory ? 'all' : 'none',
          `${s.served} of ${CLIENTS}`,
          yesNo(s.ok),
        ]),
      },
      {
        caption: `The step is as sharp as the flood is regular. With Poisson arrivals, B = ${POISSON.room}, survival is P(Poisson(R·RTT) ≤ B − 1):`,
        head: ['R / R*', 'theory', 'simulated', '99 % interval', 'holds'],
        rows: soft.map(({ of, estimate }) => [
          of.toFixed(1),
          estimate.theory.toFixed(3),
          estimate.simulated.toFixed(3),
          intervalText(estimate.interval, 3),
          yesNo(estimate.holds),
        ]),
      },
    ],
    checks: [
      ...steps.map(
        (s): Check => ({
          name: `B = ${s.room}, ${s.text}`,
          theory: s.theory ? 'all' : 'none',
          simulated: `${s.served} of ${CLIENTS}`,
          ok: s.ok,
        }),
      ),
      ...judge(
        soft.map(({ of, estimate }) => [`Poisson, ${of} R*`, estimate]),
        4,
      ),
    ],
    meaning:
      'Below R* nobody notices the flood, above it nobody gets in: better than random drop on one side of the step, worse on the other. An attacker who knows B and where the customers are knows R*; 128 entries protect people 100 ms away from 1,280 SYN/s, which is nothing.',
  };
}

function step(
  room: number,
  text: string,
  syns: number,
): {
  readonly room: number;
  readonly text: string;
  readonly rate: number;
  readonly theory: boolean;
  readonly served: number;
  readonly ok: boolean;
} {
  const rate = (syns * SEC) / RTT;
  const theory = oldestDropSurvives(room, syns);
  const { served, attempts } = run(room, { process: 'constant', rate }, CLIENTS);
  return { room, text, rate, theory, served, ok: served === (theory ? attempts : 0) && attempts === CLIENTS };
}

function soften(of: number): { readonly of: number; readonly estimate: Estimate } {
  const { room, clients } = POISSON;
  const rate = (of * room * SEC) / RTT;
  const { served, attempts } = run(room, { process: 'poisson', rate }, clients);
  return { of, estimate: estimateShare(poissonAtMost(room - 1, of * room), served, attempts) };
}

function run(room: number, rate: RateSpec, clients: number): { readonly served: number; readonly attempts: number } {
  const times = Array.from({ length: clients }, (_, i) => SEC + i * SPACING);
  const until = SEC + clients * SPACING + SEC;
  const report = runFlood(
    floodScenario({
      ...plainQueue(room, 7),
      policy: 'oldest-drop',
      until,
      sampleEvery: until,
      floods: [{ rate, spoof: SILENT }],
      clients: [{ arrivals: { process: 'times', at: times }, rtt: { shape: 'fixed', value: RTT }, request: 10 }],
    }),
    { seed: 1 },
  );
  return people(report);
}
