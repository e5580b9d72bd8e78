import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DETECTORS } from '../../src/diagnose/detectors.ts';
import { withDetectors } from './document.ts';

test('there are ten detectors, each with a name of its own and its blind spots', () => {
  expect(new Set(DETECTORS.map((detector) => detector.id)).size).toBe(10);
  for (const detector of DETECTORS) expect(detector.blindSpots.length, detector.id).toBeGreaterThan(0);
});

test('docs/detectors.md says what the detectors say', () => {
  const document = readFileSync(new URL('../../docs/detectors.md', import.meta.url), 'utf8');
  expect(document, 'npm run detectors').toBe(withDetectors(document));
});
