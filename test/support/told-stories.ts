/** Stories of traffic as tests: what a capture of each is judged to be. */
import { describe, expect, test } from 'vitest';
import { Examiner, type Findings, type JudgementKind } from '../../src/diagnose.ts';
import { Traffic } from './traffic.ts';

export interface Story {
  readonly name: string;
  readonly make: (t: Traffic) => Traffic;
  /** Bytes kept of each packet; all by default. */
  readonly snaplen?: number;
}

type Told = Story | readonly [name: string, make: Story['make']];

/** One kind of judgement, and no other, is made of each of these stories. */
export function told(kind: JudgementKind, stories: readonly Told[]): void {
  toldAs([kind], stories);
}

/** Where one may judge this way or that with reason: each story is judged to be one of these kinds. */
export function toldAs(kinds: readonly JudgementKind[], stories: readonly Told[]): void {
  describe(kinds.join(' or '), () => {
    test.each(stories.map(named))('$name', (story) => {
      const made = [...new Set(judged(story).judgements.map((judgement) => judgement.kind))];
      if (kinds.length === 1) expect(made).toEqual(kinds);
      else expect(kinds.map((kind) => [kind])).toContainEqual(made);
    });
  });
}

/** What is found in a capture of a story. */
export function judged({ make, snaplen }: Pick<Story, 'make' | 'snaplen'>): Findings {
  const examiner = new Examiner();
  for (const frame of make(new Traffic()).frames(snaplen)) examiner.onFrame(frame);
  examiner.finish();
  return examiner.findings();
}

function named(one: Told): Story {
  return 'name' in one ? one : { name: one[0], make: one[1] };
}
