/** The `linux-6` listener against what a real kernel did: each table of the ground truth replayed. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fidelityDocument, replayAll } from './document.ts';
import { FOLDER } from './ground-truth.ts';

const sections = replayAll();
const there = sections.length > 0;
if (!there) console.log(`skipped: replays of the kernel's ground truth (no tables in ${FOLDER})`);

describe.skipIf(!there)('ground truth', () => {
  test.each(sections.map((s) => [s.letter, s.title, s] as const))('%s: %s', (_letter, _title, section) => {
    expect(section.checks.length).toBeGreaterThan(0);
    expect(section.checks.filter((check) => !check.ok)).toEqual([]);
  });

  test('docs/fidelity.md says what the replays say; `npm run fidelity` writes it', (context) => {
    if (process.env.HALFOPEN_GROUND_TRUTH !== undefined)
      return context.skip('these are other tables than the document’s');
    const written = readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8');
    expect(fidelityDocument(sections)).toBe(written);
  });
});
