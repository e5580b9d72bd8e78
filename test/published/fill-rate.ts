/** L5: the smallest flood that fills a queue without defence. */
import { runFlood } from '../../src/sim/flood-run.ts';
import { SEC } from '../../src/tcp/types.ts';
import { floodScenario } from '../support/flood-scenario.ts';
import { floodOf, plainQueue, SILENT } from './plain-queue.ts';
import { type Check, count, type Section, yesNo } from './section.ts';
import { entryLife, fillRate } from './theory.ts';

const ROOMS = [128, 256, 512, 1024, 4096];
const RETRIES = [1, 2, 3, 4, 5];
/** A flood so much below and above the table's number. */
const MARGIN = 0.001;
/** How long each flood lasts, in lives of an entry. */
const LIVES = 3;

/** Linux: how long each flood lasts in s, from when on is counted, and how far beside the two bounds it is. */
const LINUX = { rooms: [128, 256, 512, 1024], until: 180, from: 90, beside: 0.02 };

export function fillRates(): Section {
  const linux = LINUX.rooms.map(linuxBounds);
  const results = ROOMS.flatMap((room) => RETRIES.map((retries) => fill(room, retries)));
  return {
    id: 'L5',
    title: 'The smallest flood that fills a queue',
    source:
      'No paper: Little’s law. A queue of B entries, each of which lives for T, is filled by R* = B / T. T is 2^(n+1) − 1 s for n repeated SYN/ACKs (1, 2, 4 … s apart, RFC 6298 §5.5; the kernel’s ip-sysctl.rst gives 63 s for n = 5).',
    setup: `Each cell is two floods of evenly spaced SYNs from silent addresses against a queue of exactly B entries (exact timers, no pruning, no cookies), ${LIVES} T long: one ${100 * MARGIN} % below R*, one ${100 * MARGIN} % above. No randomness, hence no interval.`,
    tolerance: `${100 * MARGIN} % of R*: below it not one SYN may be refused, above it at least one in each T after the first, and the queue must have become full within the first. Linux: ${100 * LINUX.beside} % below the lower bound none is refused, as much above the upper one some are, in the second half of ${LINUX.until} s.`,
    tables: [
      {
        caption: 'R* in SYNs per second, each held by simulation from both sides:',
        head: ['B', ...RETRIES.map((n) => `T = ${entryLife(n)} s (${n} ${n === 1 ? 'retry' : 'retries'})`)],
        rows: ROOMS.map((room) => [
          count(room),
          ...results.filter((r) => r.room === room).map((r) => `${rateText(r.rate)}${r.ok ? '' : ' **not held**'}`),
        ]),
      },
      {
        caption: 'What the floods beside R* did, for T = 63 s, what Linux has by default:',
        head: ['B', 'R*', 'SYNs below R*', 'refused', 'SYNs above R*', 'refused', 'full after', 'as predicted'],
        rows: results
          .filter((r) => r.retries === 5)
          .map((r) => [
            count(r.room),
            rateText(r.rate),
            count(r.below.syns),
            count(r.below.refused),
            count(r.above.syns),
            count(r.above.refused),
            `${r.above.fullAfter.toFixed(2)} s`,
            yesNo(r.ok),
          ]),
      },
      {
        caption: LINUX_TEXT,
        head: [
          'B',
          'R* without pruning',
          'never below B / 8',
          'refused',
          'always above (B + 1) / 7',
          'refused',
          'holds',
        ],
        rows: linux.map((l) => [
          count(l.room),
          `${rateText(fillRate(l.room + 1, entryLife(5)))}/s`,
          `${rateText(l.never)}/s`,
          sharePart(l.below),
          `${rateText(l.always)}/s`,
          sharePart(l.above),
          yesNo(l.ok),
        ]),
      },
    ],
    checks: [
      ...results.map(
        (r): Check => ({
          name: `B = ${r.room}, ${r.retries} retries`,
          theory: `fills above ${rateText(r.rate)}/s only`,
          simulated: `${r.below.refused} refused below, ${r.above.refused} above`,
          ok: r.ok,
        }),
      ),
      ...linux.map(
        (l): Check => ({
          name: `linux-6, B = ${l.room}`,
          theory: `never below ${rateText(l.never)}/s, always above ${rateText(l.always)}/s`,
          simulated: `${l.below.refused} refused below, ${l.above.refused} above`,
          ok: l.ok,
        }),
      ),
    ],
    meaning:
      'A stack that keeps each entry for its 63 s loses a backlog of 128 to two SYNs per second, less than the slowest modem can send. Making the queue larger or the wait shorter helps in proportion and no more: both together, 4,096 entries and one retry, still fall to 1,365 per second. Linux 6 does better than its 63 s suggest, eight times as well at any backlog, because it lets old entries go when the queue fills: 5 SYN/s that a real kernel got at B = 128 filled half of it (fidelity.md, D). Nineteen per second fill all of it, which is still nothing.',
  };
}

interface Fill {
  readonly room: number;
  readonly retries: number;
  /** R*. */
  readonly rate: number;
  readonly below: Outcome;
  readonly above: Outcome;
  readonly ok: boolean;
}

interface Outcome {
  readonly syns: number;
  readonly refused: number;
  /** Seconds; -1 = it never was. */
  readonly fullAfter: number;
}

function fill(room: number, retries: number): Fill {
  const life = entryLife(retries);
  const rate = fillRate(room, life);
  const below = flood(room, retries, rate * (1 - MARGIN));
  const above = flood(room, retries, rate * (1 + MARGIN));
  const ok = below.refused === 0 && above.refused >= LIVES - 1 && above.fullAfter >= 0 && above.fullAfter <= life;
  return { room, retries, rate, below, above, ok };
}

function flood(room: number, retries: number, rate: number): Outcome {
  const until = LIVES * entryLife(retries) * SEC;
  const report = runFlood(
    floodScenario({
      ...plainQueue(room, retries),
      until,
      sampleEvery: until,
      floods: [{ name: 'flood', rate: { process: 'constant', rate }, spoof: SILENT }],
    }),
  );
  const { syns, answered } = floodOf(report, 'flood');
  return { syns, refused: syns - answered, fullAfter: report.queue.fullAt < 0 ? -1 : report.queue.fullAt / SEC };
}

interface LinuxBounds {
  readonly room: number;
  readonly never: number;
  readonly always: number;
  readonly below: Part;
  readonly above: Part;
  readonly ok: boolean;
}

/** Of a flood, once it has settled. */
interface Part {
  readonly syns: number;
  readonly refused: number;
}

function linuxBounds(room: number): LinuxBounds {
  const [never, always] = [room / 8, (room + 1) / entryLife(2)];
  const below = linuxFlood(room, never * (1 - LINUX.beside));
  const above = linuxFlood(room, always * (1 + LINUX.beside));
  return { room, never, always, below, above, ok: below.refused === 0 && above.refused > 0 };
}

function linuxFlood(room: number, rate: number): Part {
  const [from, until] = [LINUX.from * SEC, LINUX.until * SEC];
  const flood = { rate: { process: 'constant', rate }, spoof: SILENT } as const;
  const report = runFlood(
    floodScenario({
      profile: 'linux-6',
      backlog: room,
      settings: { tcp_syncookies: 0, tcp_max_syn_backlog: 8 * room, hz: 0 },
      until,
      sampleEvery: until,
      floods: [
        { ...flood, name: 'first half', to: from },
        { ...flood, name: 'second half', from },
      ],
    }),
  );
  const { syns, answered } = floodOf(report, 'second half');
  return { syns, refused: syns - answered };
}

function sharePart({ syns, refused }: Part): string {
  return `${count(refused)} of ${count(syns)}`;
}

function rateText(rate: number): string {
  return rate < 100 ? rate.toFixed(2) : rate.toFixed(0);
}

const LINUX_TEXT =
  'Linux 6 is not the queue of the theory. It holds one entry more, and while it is more than half full it allows an entry but two retries (7 s) as long as there are eight entries for each young one, those of the last second (reqsk_timer_handler; fidelity.md, D). So no flood of less than B / 8 a second fills it, and any of more than (B + 1) / 7 does. Profile linux-6, five retries, cookies off, exact timers:';
