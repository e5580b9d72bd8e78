/** Writes `docs/fidelity.md`: what the `linux-6` listener predicts beside what a kernel did, table by table. */
import { anchor, markdownTable, wrap } from '../support/markdown.ts';
import { acceptQueue } from './accept-queue.ts';
import { cookies } from './cookies.ts';
import { floodClients } from './flood-clients.ts';
import { halfOpenLimit } from './half-open-limit.ts';
import { oddSegments } from './odd-segments.ts';
import { pruning } from './pruning.ts';
import { held, type Section } from './section.ts';
import { synAckTimes } from './synack-times.ts';

/** The sections whose tables are there. */
export function replayAll(): Section[] {
  const replays = [synAckTimes, halfOpenLimit, cookies, pruning, acceptQueue, floodClients, oddSegments];
  return replays.map((replay) => replay()).filter((section) => section !== null);
}

export function fidelityDocument(sections: readonly Section[]): string {
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
    ...sections.flatMap(chapter),
    '## What is not predicted',
    '',
    'Which of two CPUs armed a timer: each has a timer wheel of its own, and in runs that were not pinned to one CPU entries',
    'of the same tick are then given up in another order (D, "same"). The numbers hardly change. The phase of the jiffies is',
    'not in most tables; it is fitted where single entries are compared (A, D, G) and averaged over where only means are (F).',
    'Not measured, hence not claimed: IPv6, other HZ, a real path, memory pressure.',
    '',
  ].join('\n');
}

function chapter(s: Section): string[] {
  return [
    `## ${heading(s)}`,
    '',
    ...wrap(`Measured: ${s.csv.map((csv) => `\`${csv}\``).join(', ')}. ${s.replay}`),
    '',
    ...wrap(`**Tolerance.** ${s.tolerance}`),
    '',
    ...wrap(`**Worst.** ${s.worst} ${held(s.checks)} comparisons hold.`),
    '',
    ...markdownTable(s.head, s.rows),
    '',
  ];
}

function heading(s: Section): string {
  return `${s.letter}: ${s.title}`;
}
