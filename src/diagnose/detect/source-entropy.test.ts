import { expect, test } from 'vitest';
import { aProfile } from '../../../test/support/profile-builder.ts';
import { findSourceEntropy } from './source-entropy.ts';

const SEC = 1e9;

test('fires from the beginning of the first step with new sources to the end of the last', () => {
  const { rate } = aProfile();
  // Steps of 4 s from second 8 on: half of the SYNs of the second and third come from new sources.
  const steps = { ...rate, start: 8 * SEC, step: 4 * SEC, syn: [10, 10, 10, 10], newSources: [4, 5, 10, 0] };
  expect(findSourceEntropy(aProfile({ rate: steps }))).toMatchObject({
    state: 'fires',
    onset: 12 * SEC,
    end: 20 * SEC,
    onsetWithin: 4 * SEC,
    endWithin: 4 * SEC,
  });
});

test('without such a step, from the first attempt to the last', () => {
  const finding = findSourceEntropy(aProfile());
  expect(finding).toMatchObject({ state: 'fires', onset: 0, end: 100 * SEC, onsetWithin: 0, endWithin: 0 });
});
