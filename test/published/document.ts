/** Writes `docs/published.md`: what papers and formulas say about SYN queues under a flood, beside what the simulator finds. */
import { anchor, markdownTable, wrap } from '../support/markdown.ts';
import { blocking } from './blocking.ts';
import { fillRates } from './fill-rate.ts';
import { lemon } from './lemon.ts';
import { oldestDrop } from './oldest-drop.ts';
import { randomDrop } from './random-drop.ts';
import { held, type Section } from './section.ts';
import { synCacheBuckets } from './syn-cache.ts';

/** Each runs its simulations: seconds in all. */
export const RESULTS: readonly (() => Section)[] = [
  lemon,
  synCacheBuckets,
  randomDrop,
  oldestDrop,
  fillRates,
  blocking,
];

export function publishedDocument(sections: readonly Section[]): string {
  const all = sections.flatMap((s) => s.checks);
  return [
    '# Published results',
    '',
    '<!-- Written by `npm run published` from simulations; do not edit. -->',
    '',
    'Numbers that papers, mailing lists and queueing theory give for SYN floods, beside what flood runs of this simulator find.',
    'The runs are whole ones: flood sources, the engine’s listener with its SYN queue and defence, clients with the engine’s own',
    'TCP. `test/published` holds them with their theory; seeds are fixed, so the numbers come out the same everywhere.',
    '',
    `${held(all)} comparisons hold.`,
    '',
    ...markdownTable(
      ['', 'result', 'comparisons that hold'],
      sections.map((s) => [s.id, `[${s.title}](#${anchor(heading(s))})`, held(s.checks)]),
    ),
    '',
    ...sections.flatMap(chapter),
  ].join('\n');
}

function chapter(s: Section): string[] {
  return [
    `## ${heading(s)}`,
    '',
    ...wrap(`**Published.** ${s.source}`),
    '',
    ...wrap(`**Simulated.** ${s.setup}`),
    '',
    ...wrap(`**Tolerance.** ${s.tolerance} ${held(s.checks)} comparisons hold.`),
    '',
    ...s.tables.flatMap(({ caption, head, rows }) => [
      ...(caption === '' ? [] : [...wrap(caption), '']),
      ...markdownTable(head, rows),
      '',
    ]),
    ...wrap(`**What it means.** ${s.meaning}`),
    '',
  ];
}

function heading(s: Section): string {
  return `${s.id}: ${s.title}`;
}
