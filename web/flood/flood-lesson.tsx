/** The left column: which scenario, and its text, one part lighting up as each moment comes. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { LessonStep } from '../../src/sim/flood-model.ts';
import type { FloodReport } from '../../src/sim/flood-report.ts';
import type { Nanos } from '../../src/tcp/types.ts';
import { floodBridge } from '../../src/view/flood-bridge.ts';
import { paragraphsOf } from '../../src/view/paragraphs.ts';
import { formatSpan, formatTime } from '../../src/view/time-text.ts';
import { BridgeLine } from '../bridge-line.tsx';
import { PickerButton } from '../picker-button.tsx';
import { useLab } from '../use-lab.ts';
import { frameAt } from './flood-lab.ts';
import { Question } from './question.tsx';
import { useFlood } from './use-flood.ts';

export function FloodLesson(): JSX.Element {
  const { scenario, runs, t } = useFlood();
  const first = runs[0];
  const frame = first === undefined ? null : frameAt(first, t);
  return (
    <section class="lesson" aria-label="What happens">
      <PickerButton title={scenario?.title ?? ''} more={scenario === null ? '' : formatSpan(scenario.until)} />
      {scenario !== null && scenario.lesson.length > 0 && (
        <Steps steps={scenario.lesson} report={first?.report ?? null} over={first?.done === true} t={t} />
      )}
      {scenario !== null && scenario.summary !== '' && (
        <div class="about">
          <h2>About this scenario</h2>
          <p>{scenario.summary}</p>
        </div>
      )}
      {frame !== null && <BridgeLine {...floodBridge(frame)} />}
    </section>
  );
}

/** Steps that have come stay; the newest is lit; those to come show their title only. */
function Steps({
  steps,
  report,
  over,
  t,
}: {
  readonly steps: readonly LessonStep[];
  readonly report: FloodReport | null;
  /** The whole run is known. */
  readonly over: boolean;
  readonly t: Nanos;
}): JSX.Element {
  const lab = useLab();
  const times = steps.map((step) => momentTime(step, report));
  const current = times.reduce(
    (best, time, i) => (time >= 0 && time <= t && time >= (times[best] ?? -1) ? i : best),
    -1,
  );
  const lit = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const list = lit.current?.closest('.lesson');
    // Only within the column: on a phone the page itself must not jump while the flood plays.
    if (list !== null && list !== undefined && list.scrollHeight > list.clientHeight + 1) {
      lit.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [current]);
  return (
    <ol class="steps" aria-label="The lesson">
      {steps.map((step, i) => {
        const time = times[i] ?? -1;
        const come = time >= 0 && time <= t;
        const now = i === current;
        return (
          <li
            key={`${step.title}${step.say}`}
            ref={now ? lit : null}
            class={now ? 'now' : come ? 'done' : 'ahead'}
            aria-current={now ? 'step' : undefined}
          >
            <span class="num" aria-hidden="true">
              {i + 1}
            </span>
            <div>
              <h2>{step.title}</h2>
              {come && paragraphsOf(step.say).map((text) => <p key={text}>{text}</p>)}
              {come && step.ask !== undefined && <Question ask={step.ask} now={now} />}
              {time < 0 && over && <p class="mut">Not in this run.</p>}
              {time >= 0 && (
                <button type="button" class="when" onClick={() => lab.flood.jumpTo(time)}>
                  at {formatTime(time)}
                </button>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** -1 = it has not come in what has been computed. */
function momentTime({ when }: LessonStep, report: FloodReport | null): Nanos {
  if (when.on === 'start') return 0;
  if (when.on === 'time') return when.at;
  return report?.moments.find((moment) => moment.what === when.on)?.t ?? -1;
}
