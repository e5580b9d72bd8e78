/** One place per step, a mark for what it was, a fork where somebody intervened. A slider for hands and keyboards. */
import type { JSX } from 'preact';
import type { Recording, Step } from '../src/sim/recording.ts';
import { markOf } from '../src/view/moments.ts';
import type { Numbers } from '../src/view/numbers.ts';
import { stepSentence } from '../src/view/sentence.ts';
import { formatTime } from '../src/view/time-text.ts';
import { RAIL_Y, Rail } from './rail.tsx';
import { useLab } from './use-lab.ts';

interface Props {
  readonly recording: Recording;
  readonly numbers: Numbers;
}

export function Scrubber({ recording, numbers }: Props): JSX.Element {
  const { step } = useLab().state;
  const last = recording.steps.length - 1;
  const now = recording.steps[step];
  return (
    <Rail
      label="Step"
      at={step}
      last={last}
      text={now ? `Step ${step + 1} of ${last + 1}. ${stepSentence(recording, now, numbers)}` : ''}
      labels={recording.steps.map((s) => ({ place: s.index, text: s.t === 0 ? '0 s' : formatTime(s.t) }))}
      marks={(x) => (
        <>
          {recording.interventions.map((item) => {
            const at = recording.steps.findLastIndex((s) => s.t <= item.at);
            return <Fork key={`${item.flight}.${item.at}`} x={x(Math.max(0, at))} />;
          })}
          {recording.steps.map((s) => (
            <g
              key={s.index}
              class={s.index > step ? 'mark ahead' : 'mark'}
              data-k={`s${s.index}`}
              transform={`translate(${x(s.index)} ${RAIL_Y})`}
            >
              <Mark step={s} recording={recording} />
            </g>
          ))}
        </>
      )}
    />
  );
}

function Mark({ step, recording }: { readonly step: Step; readonly recording: Recording }): JSX.Element {
  switch (markOf(step)) {
    case 'drop':
      return <path class="mark-drop" d="M-5-5 5 5M5-5-5 5" />;
    case 'expiry':
      return (
        <path class="mark-expiry" d="M-5-7h10M-5 7h10M-4-7c0 5 4 5 4 7 0-2 4-2 4-7M-4 7c0-5 4-5 4-7 0 2 4 2 4 7" />
      );
    case 'state':
      return <path class={`mark-state ${changeTone(step)}`} d="M0-7 7 0 0 7-7 0z" />;
    case 'sent':
      return (
        <path
          class={`mark-sent ${recording.hosts[step.host]?.role ?? 'peer'}`}
          d={step.host === 0 ? 'M-4-6v12l9-6z' : 'M4-6v12l-9-6z'}
        />
      );
    default:
      return <circle class="mark-quiet" r={3} />;
  }
}

function Fork({ x }: { readonly x: number }): JSX.Element {
  return (
    <g class="fork">
      <path d={`M${x} ${RAIL_Y}c6 0 4 14 12 14h8`} />
      <circle cx={x + 22} cy={RAIL_Y + 14} r={3.5} />
    </g>
  );
}

function changeTone(step: Step): string {
  const to = step.changes.at(-1)?.to;
  if (to === 'SYN-RECEIVED') return 'halfopen';
  if (to === 'CLOSED' || to === 'LISTEN') return 'plain';
  return to === 'SYN-SENT' ? 'client' : 'established';
}
