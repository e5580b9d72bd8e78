/** The `linux-6` listener against what a real kernel did: each table of the ground truth replayed. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fidelityDocument, replayAll } from './document.ts';
import { FOLDER, LATER } from './ground-truth.ts';
import type { Section } from './section.ts';

const sections = replayAll(FOLDER);
const later = replayAll(LATER);
const there = sections.length > 0;
if (!there) console.log(`skipped: replays of the kernel's ground truth (no tables in ${FOLDER})`);

describe.skipIf(!there)('ground truth', () => {
  test.each(named(sections))('%s: %s', (_letter, _title, section) => allHold(section));

  test('docs/fidelity.md says what the replays say; `npm run fidelity` writes it', (context) => {
    if (process.env.HALFOPEN_GROUND_TRUTH !== undefined)
      return context.skip('these are other tables than the document’s');
    const written = readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8');
    expect(fidelityDocument(sections, later)).toBe(written);
  });
});

describe('rows measured later', () => {
  test.each(named(later))('%s: %s', (_letter, _title, section) => allHold(section));
});

function named(all: readonly Section[]): [string, string, Section][] {
  return all.map((section) => [section.letter, section.title, section]);
}

function allHold(section: Section): void {
  expect(section.checks.length).toBeGreaterThan(0);
  expect(section.checks.filter((check) => !check.ok)).toEqual([]);
}
