/** Writes `docs/fidelity.md`: what the `linux-6` listener predicts beside what a kernel did, table by table. */
import { anchor, markdownTable, wrap } from '../support/markdown.ts';
import { acceptQueue } from './accept-queue.ts';
import { cookies } from './cookies.ts';
import { floodClients } from './flood-clients.ts';
import { GroundTruth } from './ground-truth.ts';
import { halfOpenLimit } from './half-open-limit.ts';
import { oddSegments } from './odd-segments.ts';
import { pruning } from './pruning.ts';
import { held, type Section } from './section.ts';
import { synAckTimes } from './synack-times.ts';

/** The sections whose tables are in `folder`. */
export function replayAll(folder: string): Section[] {
  const truth = new GroundTruth(folder);
  const replays = [synAckTimes, halfOpenLimit, cookies, pruning, acceptQueue, floodClients, oddSegments];
  return replays.map((replay) => replay(truth)).filter((section) => section !== null);
}

/** `sections`: what the ground truth says; `later`: the rows in `test/fidelity/later`. */
export function fidelityDocument(sections: readonly Section[], later: readonly Section[]): string {
  const all = sections.flatMap((s) => s.checks);
  return [
    '# Fidelity',
    '',
    '<!-- Written by `npm run fidelity` from replays of the measurements; do not edit. -->',
    '',
    'What the `linux-6` listener predicts, beside what Linux 6.18.44 (x86-64, HZ 250) did when it was measured. Each table of',
    'the ground truth is replayed on virtual time: the same segments at the same times, to a listener that',
    '`src/tcp/linux-listener.ts` builds from the same settings. `test/fidelity` holds the replays. They read all they need',
    'from the CSV files, so that others measured in the same way can be tried:',
    '',
    '```sh',
    'HALFOPEN_GROUND_TRUTH=<folder> npx vitest run test/fidelity',
    '```',
    '',
    `${held(all)} comparisons hold.`,
    '',
    ...markdownTable(
      ['', 'what', 'comparisons that hold', 'worst'],
      sections.map((s) => [s.letter, `[${s.title}](#${anchor(heading(s))})`, held(s.checks), s.worst]),
    ),
    '',
    ...sections.flatMap((s) => chapter(s, '##')),
    '## Rows measured later',
    '',
    'The model was finished when these runs were measured, in the same way, on the same kernel, each pinned to one CPU of a',
    'machine that had other work to do (a timestamp or two is late). They lie in `test/fidelity/later`, so that something is',
    'compared even where the ground truth is not.',
    '',
    ...later.flatMap((s) => chapter(s, '###')),
    '## What is not predicted',
    '',
    'Which of two CPUs armed a timer: each has a timer wheel of its own, and in runs that were not pinned to one CPU entries',
    'of the same tick are then given up in another order (D, "same"). The numbers hardly change. The phase of the jiffies is',
    'not in most tables; it is fitted where single entries are compared (A, D, G) and averaged over where only means are (F).',
    'Not measured, hence not claimed: IPv6, other HZ, a real path, memory pressure.',
    '',
  ].join('\n');
}

function chapter(s: Section, level: '##' | '###'): string[] {
  return [
    `${level} ${level === '##' ? heading(s) : `${s.letter} again`}`,
    '',
    ...(level === '##' ? method(s) : []),
    ...wrap(`**Worst.** ${s.worst} ${held(s.checks)} comparisons hold.`),
    '',
    ...markdownTable(s.head, s.rows),
    '',
  ];
}

function method(s: Section): string[] {
  const csv = s.csv.map((name) => `\`${name}\``).join(', ');
  return [...wrap(`Measured: ${csv}. ${s.replay}`), '', ...wrap(`**Tolerance.** ${s.tolerance}`), ''];
}

function heading(s: Section): string {
  return `${s.letter}: ${s.title}`;
}
