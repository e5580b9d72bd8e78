import { describe, expect, test } from 'vitest';
import { formatShareHash, parseShareHash, type SharedView } from './share-link.ts';

const VIEW: SharedView = {
  scenario: 'lost-syn',
  seed: 7,
  step: 4,
  numbers: 'symbolic',
  interventions: [
    { flight: 2, action: 'drop', at: 1_060_000_000, by: 0 },
    { flight: 3, action: 'delay', at: 1_090_000_000, by: 200_000_000 },
  ],
  knobs: 'rate.200_spoof.own',
  beside: 'syn-cookies',
};

describe('share link', () => {
  test('what was shared is what is opened', () => {
    expect(parseShareHash(formatShareHash(VIEW))).toEqual(VIEW);
  });

  test('defaults are left out, so that the plain link is short', () => {
    const plain = {
      ...VIEW,
      scenario: 'handshake',
      seed: -1,
      step: 0,
      numbers: 'absolute',
      interventions: [],
    } as const;
    expect(formatShareHash({ ...plain, knobs: '', beside: '' })).toBe('#s=handshake');
  });

  test.each([
    '',
    '#',
    '#seed=x&step=-1&n=hex&i=explode.1.2.3',
    '#s=../../etc/passwd',
    '#beside=<script>',
    '#i=drop.1',
    '#seed=99999999999',
  ])('a mangled hash %j opens with defaults instead of failing', (hash) => {
    const found = parseShareHash(hash);
    expect({ ...found, interventions: undefined }).toEqual({ interventions: undefined });
    expect(found.interventions ?? []).toEqual([]);
  });
});
