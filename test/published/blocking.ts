/** L6: which share of SYNs finds a queue without defence full, and what trying again is worth. */
import type { FloodReport } from '../../src/sim/flood-report.ts';
import { runFlood } from '../../src/sim/flood-run.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { floodScenario } from '../support/flood-scenario.ts';
import { type Estimate, estimateMean, estimateShare, intervalText, judge, judgement } from './estimate.ts';
import { floodOf, people, plainQueue, SILENT } from './plain-queue.ts';
import { type Check, count, type Section } from './section.ts';
import { entryLife, erlangB } from './theory.ts';

const ROOMS = [64, 128, 256, 512, 1024, 4096];
const RATES = [1, 2, 3, 5, 10, 50, 100];
const RETRIES = 5;
const LIFE = entryLife(RETRIES);
const SEEDS = 6;
/** Fewer refused SYNs than this in all of a cell's runs are too few to measure: then there must be none. */
const TOO_FEW = 0.05;

export function blocking(): Section {
  const cells = ROOMS.flatMap((room) => RATES.map((rate) => cell(room, rate)));
  const measured = cells.flatMap((c) =>
    c.estimate === null ? [] : [[`R = ${c.rate}, B = ${c.room}`, c.estimate] as const],
  );
  const tries = triesAgain();
  const inside = measured.filter(([, e]) => e.holds).length;
  return {
    id: 'L6',
    title: 'Blocked SYNs: Erlang’s loss formula',
    source:
      'A. K. Erlang 1917. Entries are trunks, SYNs are calls, and the formula asks only for Poisson arrivals: the holding time may have any law (Sevast’yanov 1957), also a fixed T. The idea of applying it to SYN queues is common; Nissanke and Sun 2008 and Shakhov and Choo 2008, who refine it, could be had as abstracts only, so no number of theirs is claimed.',
    setup: `A Poisson flood of R SYNs per second from silent addresses, T = ${LIFE} s, exact timers, no pruning. The blocked share is that of the flood’s own SYNs: Poisson arrivals see time averages (Wolff 1982), so anybody’s SYN fares as theirs. An entry’s fixed life remembers how the queue was filled for many T, hence it is filled evenly over the first T, left to itself for another where R·T is not far above B, and then watched for whole T.`,
    tolerance: `${judgement(measured.length)} (Student’s t over ${SEEDS} seeds, 1 to ${SEEDS}.) Where less than ${TOO_FEW} refused SYNs are expected in all runs, none may be refused.`,
    tables: [
      {
        caption: `Share of SYNs that find the queue full, by R and B: Erlang’s number and the simulated interval. ${inside} of ${measured.length} intervals hold it.`,
        head: ['R per s', ...ROOMS.map((room) => `B = ${count(room)}`)],
        rows: RATES.map((rate) => [`${rate}`, ...cells.filter((c) => c.rate === rate).map(cellText)]),
      },
      {
        caption: `What trying again is worth, B = ${TRIES.room}, R = ${TRIES.rate} per second, clients that send SYNs at 0, 1, 2, 3, 4, 5, 7 s as Linux does:`,
        head: ['tries', 'served if tries were independent, 1 − E^k', 'served, simulated', '99 % interval', 'gap'],
        rows: tries.map((t) => [
          `${t.tries}`,
          t.estimate.theory.toFixed(3),
          t.estimate.simulated.toFixed(3),
          intervalText(t.estimate.interval, 3),
          t.tries === 1 ? '' : (t.estimate.theory - t.estimate.simulated).toFixed(3),
        ]),
      },
    ],
    checks: [
      ...judge(measured, 5),
      ...cells.flatMap((c): Check[] => (c.estimate === null ? [noneRefused(c)] : [])),
      ...tries.map(
        ({ tries: k, estimate: e }): Check => ({
          name: `${k} tries`,
          theory: `${k === 1 ? '' : 'less than '}${e.theory.toFixed(4)}`,
          simulated: intervalText(e.interval, 4),
          ok: k === 1 ? !e.wrong : e.interval.high < e.theory,
        }),
      ),
    ],
    meaning: `At the rate that just fills the queue a few percent of SYNs are refused, at twice that rate half of them, at fifty times all but two in a hundred. Trying again helps less than independent tries would: of those who found the queue full, ${percent(fullStill(tries))} find it full a second later, not ${percent(erlangB(TRIES.room, TRIES.rate * LIFE))}. All of this holds for entries that live T, not for Linux 6 once it prunes (L5).`,
  };
}

interface Cell {
  readonly room: number;
  readonly rate: number;
  /** null: too few refused SYNs are expected. */
  readonly estimate: Estimate | null;
  readonly refused: number;
}

function cell(room: number, rate: number): Cell {
  const erlang = erlangB(room, rate * LIFE);
  const few = erlang * rate * watched(rate) * SEEDS < TOO_FEW;
  const runs = Array.from({ length: few ? 1 : SEEDS }, (_, i) => {
    const flood = floodOf(steadyFlood(room, rate, i + 1), 'watched');
    return { refused: flood.syns - flood.answered, share: 1 - flood.answered / flood.syns };
  });
  const refused = runs.reduce((sum, run) => sum + run.refused, 0);
  const shares = runs.map((run) => run.share);
  return { room, rate, estimate: few ? null : estimateMean(erlang, shares), refused };
}

function noneRefused({ room, rate, refused }: Cell): Check {
  return { name: `R = ${rate}, B = ${room}`, theory: 'none refused', simulated: `${refused}`, ok: refused === 0 };
}

/** How long is watched, in s: some 5,000 SYNs, in whole lives, since the queue repeats itself from one to the next. */
function watched(rate: number): number {
  return LIFE * Math.ceil(5000 / (rate * LIFE));
}

function steadyFlood(room: number, rate: number, seed: number): FloodReport {
  const even = LIFE * SEC;
  // Far above what it holds the queue is always full or nearly so: there is nothing to settle.
  const settled = rate * LIFE > 2 * room ? even : 2 * even;
  const until = settled + watched(rate) * SEC;
  const floods = [
    { name: 'filling', rate: { process: 'poisson', rate: Math.min(rate, room / LIFE) }, from: 0, to: even },
    { name: 'settling', rate: { process: 'poisson', rate }, from: even, to: settled },
    { name: 'watched', rate: { process: 'poisson', rate }, from: settled, to: until },
  ] as const;
  return runFlood(
    floodScenario({
      ...plainQueue(room, RETRIES),
      until,
      sampleEvery: until,
      floods: floods.map((flood) => ({ ...flood, spoof: SILENT })),
    }),
    { seed },
  );
}

const TRIES = { room: 128, rate: 3, clients: 0.5, most: 7 };

interface TriesResult {
  readonly tries: number;
  /** Theory: if tries were independent. */
  readonly estimate: Estimate;
}

/** People whose SYNs are few beside the flood's, and who give up only after the run looked. */
function triesAgain(): TriesResult[] {
  const { room, rate, clients, most } = TRIES;
  const [even, settled] = [LIFE * SEC, 2 * LIFE * SEC];
  const to = settled + 2000 * SEC;
  const until = to + 10 * SEC;
  const answered = Array.from({ length: most }, () => 0);
  let attempts = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const report = runFlood(
      floodScenario({
        ...plainQueue(room, RETRIES),
        until,
        sampleEvery: until,
        floods: [
          { name: 'filling', rate: { process: 'poisson', rate: room / LIFE }, from: 0, to: even, spoof: SILENT },
          { name: 'flood', rate: { process: 'poisson', rate }, from: even, to: until, spoof: SILENT },
        ],
        clients: [
          {
            arrivals: { process: 'poisson', rate: clients, from: settled, to },
            rtt: { shape: 'fixed', value: 1 * MS },
            request: 0,
          },
        ],
      }),
      { seed },
    );
    const all = people(report);
    attempts += all.attempts;
    for (let i = 0; i < most; i++) answered[i] = (answered[i] ?? 0) + (all.answeredAtTry[i] ?? 0);
  }
  const erlang = erlangB(room, rate * LIFE);
  let served = 0;
  return answered.map((more, i) => {
    served += more;
    return { tries: i + 1, estimate: estimateShare(1 - erlang ** (i + 1), served, attempts) };
  });
}

/** Share of those whose first SYN was refused that had the second refused too. */
function fullStill(tries: readonly TriesResult[]): number {
  const [first, second] = tries.map((t) => 1 - t.estimate.simulated);
  return (second ?? 0) / (first ?? 1);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function cellText({ estimate: e, refused }: Cell): string {
  if (e === null) return refused === 0 ? '0, none refused' : `0, **${refused} refused**`;
  return `${e.theory.toFixed(3)} in ${intervalText(e.interval, 4)}${e.holds ? '' : ' **outside**'}`;
}
