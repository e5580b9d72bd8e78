/** A question of the lesson: answers to choose, and why each is right or not. What was answered stays. */
import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { LessonQuestion } from '../../src/sim/flood-model.ts';
import { Icon } from '../icons.tsx';

interface Props {
  readonly ask: LessonQuestion;
  /** Its step is the current one; later an unanswered question gives way. */
  readonly now: boolean;
}

export function Question({ ask, now }: Props): JSX.Element | null {
  const id = useId();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const solved = ask.answers.some((answer, i) => answer.right && chosen.includes(i));
  const last = ask.answers[chosen.at(-1) ?? -1];
  if (!now && chosen.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot stand in this grid
    <div class="question" role="group" aria-labelledby={id}>
      <h3 id={id}>{ask.question}</h3>
      <ul>
        {ask.answers.map((answer, i) => {
          const taken = chosen.includes(i);
          const tone = taken ? (answer.right ? 'right' : 'wrong') : 'open';
          return (
            <li key={answer.say}>
              <button
                type="button"
                class={`answer ${tone}`}
                aria-pressed={taken}
                disabled={solved && !taken}
                onClick={() => setChosen([...chosen.filter((one) => one !== i), i])}
              >
                {answer.say}
                {taken && <Icon name={answer.right ? 'check' : 'cross'} />}
                {taken && <span class="sr">{answer.right ? ', right' : ', not quite'}</span>}
              </button>
            </li>
          );
        })}
      </ul>
      <p class={last === undefined ? 'why-answer' : last.right ? 'why-answer right' : 'why-answer wrong'} role="status">
        {last?.why}
      </p>
    </div>
  );
}
