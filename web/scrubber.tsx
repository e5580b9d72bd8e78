/** One place per step, a mark for what it was, a fork where somebody intervened. A slider for hands and keyboards. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Recording, Step } from '../src/sim/recording.ts';
import { markOf } from '../src/view/moments.ts';
import type { Numbers } from '../src/view/numbers.ts';
import { stepSentence } from '../src/view/sentence.ts';
import { formatTime } from '../src/view/time-text.ts';
import { useLab } from './use-lab.ts';

interface Props {
  readonly recording: Recording;
  readonly numbers: Numbers;
}

export function Scrubber({ recording, numbers }: Props): JSX.Element {
  const lab = useLab();
  const { step } = lab.state;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const last = recording.steps.length - 1;
  const x = (index: number): number => PAD + (last > 0 ? (index / last) * (width - 2 * PAD) : 0);
  const now = recording.steps[step];
  const seek = (event: JSX.TargetedPointerEvent<HTMLDivElement>): void => {
    const rail = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - rail.left - PAD) / Math.max(1, rail.width - 2 * PAD);
    lab.move(Math.round(share * last) - lab.state.step);
  };
  return (
    <div
      class="scrub"
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label="Step"
      aria-valuemin={1}
      aria-valuemax={last + 1}
      aria-valuenow={step + 1}
      aria-valuetext={now ? `Step ${step + 1} of ${last + 1}. ${stepSentence(recording, now, numbers)}` : ''}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        seek(e);
      }}
      onPointerMove={(e) => {
        if (e.currentTarget.hasPointerCapture(e.pointerId)) seek(e);
      }}
      onKeyDown={(e) => {
        const by = SLIDER_KEYS[e.key];
        if (by === undefined) return;
        e.preventDefault();
        lab.move(by);
      }}
    >
      <svg aria-hidden="true">
        <line class="rail ahead" x1={PAD} x2={width - PAD} y1={Y} y2={Y} />
        <line class="rail" x1={PAD} x2={x(step)} y1={Y} y2={Y} />
        {recording.interventions.map((item) => {
          const at = recording.steps.findLastIndex((s) => s.t <= item.at);
          return <Fork key={`${item.flight}.${item.at}`} x={x(Math.max(0, at))} />;
        })}
        {recording.steps.map((s) => (
          <g
            key={s.index}
            class={s.index > step ? 'mark ahead' : 'mark'}
            data-k={`s${s.index}`}
            transform={`translate(${x(s.index)} ${Y})`}
          >
            <Mark step={s} recording={recording} />
          </g>
        ))}
        <g class="thumb" transform={`translate(${x(step)} ${Y})`}>
          <path d="M0-13v26" />
          <circle r={8} />
        </g>
        {timeLabels(recording, x, width).map((label) => (
          <text key={label.x} class="m rail-time" x={label.x} y={58} text-anchor="middle">
            {label.text}
          </text>
        ))}
      </svg>
    </div>
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
      <path d={`M${x} ${Y}c6 0 4 14 12 14h8`} />
      <circle cx={x + 22} cy={Y + 14} r={3.5} />
    </g>
  );
}

function changeTone(step: Step): string {
  const to = step.changes.at(-1)?.to;
  if (to === 'SYN-RECEIVED') return 'halfopen';
  if (to === 'CLOSED' || to === 'LISTEN') return 'plain';
  return to === 'SYN-SENT' ? 'client' : 'established';
}

/** A time under a mark wherever the last one is far enough to the left. */
function timeLabels(recording: Recording, x: (i: number) => number, width: number): { x: number; text: string }[] {
  const labels: { x: number; text: string }[] = [];
  let free = 0;
  let shown = -1;
  for (const step of recording.steps) {
    const at = Math.min(Math.max(x(step.index), 28), width - 28);
    if (at < free || step.t === shown) continue;
    labels.push({ x: at, text: step.t === 0 ? '0 s' : formatTime(step.t) });
    shown = step.t;
    free = at + 76;
  }
  return labels;
}

function useWidth(box: { readonly current: HTMLDivElement | null }): number {
  const [width, setWidth] = useState(600);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => setWidth(Math.max(120, element.getBoundingClientRect().width));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

const PAD = 14;
const Y = 22;

const SLIDER_KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -5,
  PageUp: 5,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
