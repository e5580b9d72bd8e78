/** Published results against flood runs, each with the tolerance that its section states. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { publishedDocument, RESULTS } from './document.ts';
import type { Section } from './section.ts';

const sections: Section[] = [];

test.each(RESULTS.map((result) => [result.name, result] as const))('%s', (_name, result) => {
  const section = result();
  sections.push(section);
  expect(section.checks.length).toBeGreaterThan(0);
  expect(section.checks.filter((check) => !check.ok)).toEqual([]);
});

test('docs/published.md says what the runs say; `npm run published` writes it', (context) => {
  if (sections.length < RESULTS.length) return context.skip('not all results were simulated');
  const written = readFileSync(new URL('../../docs/published.md', import.meta.url), 'utf8');
  expect(publishedDocument(sections)).toBe(written);
});
