/** What a flood scenario's file claims about its end (`expect`), and the text that follows what happens (`lesson`). */
import type { FloodExpectation, LessonMoment, LessonQuestion, LessonStep } from '../sim/flood-model.ts';
import type { Refuse } from './build.ts';
import type { LessonFile, QuestionFile } from './flood-file.ts';
import { suggestion } from './named-params.ts';
import { parseDuration } from './units.ts';

export function buildExpectations(
  file: Readonly<Record<string, number | string>>,
  refuse: Refuse,
): readonly FloodExpectation[] {
  return Object.entries(file).map(([measure, bound]) => {
    const range = typeof bound === 'number' ? ([bound, bound] as const) : parseBound(bound);
    if (range === undefined) {
      return refuse(['expect', measure], `is '${bound}'; expected a number, '>= 0.9', '<= 5' or '0.4 .. 0.6'`);
    }
    const [least, most] = range;
    if (!(least <= most)) refuse(['expect', measure], `is '${bound}', which nothing can be`);
    return { measure, least, most };
  });
}

/** `>= 0.9`, `<= 5`, `0.4 .. 0.6`, `3`; undefined when it is none of these. */
function parseBound(text: string): readonly [number, number] | undefined {
  const one = /^(>=|<=)?\s*(-?\d+(?:\.\d+)?)$/.exec(text.trim());
  if (one) {
    const value = Number(one[2]);
    return [one[1] === '<=' ? -Infinity : value, one[1] === '>=' ? Infinity : value];
  }
  const two = /^(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)$/.exec(text.trim());
  return two ? [Number(two[1]), Number(two[2])] : undefined;
}

export function buildLesson(file: readonly LessonFile[], refuse: Refuse): readonly LessonStep[] {
  return file.map((step, i) => ({
    when: momentOf(step.when, i, refuse),
    title: step.title,
    say: step.say.trim(),
    ...(step.ask === undefined ? {} : { ask: questionOf(step.ask, i, refuse) }),
  }));
}

function questionOf(file: QuestionFile, index: number, refuse: Refuse): LessonQuestion {
  const right = file.answers.filter((answer) => answer.right).length;
  if (right !== 1) refuse(['lesson', index, 'ask', 'answers'], `has ${right} right answers; expected exactly one`);
  return {
    question: file.question.trim(),
    answers: file.answers.map(({ say, right: is, why }) => ({ say: say.trim(), right: is, why: why.trim() })),
  };
}

function momentOf(text: string | 0, index: number, refuse: Refuse): LessonMoment {
  const at = parseDuration(String(text));
  if (at >= 0) return { on: 'time', at };
  const on = MOMENTS.find((name) => name === text);
  if (on !== undefined) return { on };
  return refuse(
    ['lesson', index, 'when'],
    `is '${text}'; ${suggestion(String(text), [...MOMENTS, 'a time such as 12s'])}`,
  );
}

const MOMENTS = [
  'start',
  'first-client-served',
  'flood-begins',
  'queue-full',
  'first-client-dropped',
  'flood-ends',
  'recovered',
  'bots-ordered',
  'take-down',
] as const;
