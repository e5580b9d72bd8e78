/** What can be done to the segment in flight. Each acts on the engine: the scenario runs again with it. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons.tsx';
import { useLab } from '../use-lab.ts';

interface Props {
  readonly flight: number;
  readonly name: string;
  /** Of the token, in pixels of the ladder. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export function Actions({ flight, name, x, y, width }: Props): JSX.Element {
  const lab = useLab();
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => first.current?.focus({ preventScroll: true }), [flight]);
  const close = (): void => {
    lab.closeActions();
    document.querySelector<SVGGElement>(`.arrow[data-k="f${flight}"]`)?.focus();
  };
  const left = Math.max(4, Math.min(x - BOX / 2, width - BOX - 4));
  return (
    <div
      class="acts"
      role="toolbar"
      aria-label={`${name} in flight: what should happen to it?`}
      style={{ left: `${left}px`, top: `${y + 22}px`, width: `${BOX}px` }}
      onKeyDown={(e) => {
        if (e.key === 'Escape') close();
        if (e.key === 'ArrowRight' || e.key === 'ArrowLeft') {
          e.stopPropagation();
          moveFocus(e.currentTarget, e.key === 'ArrowRight' ? 1 : -1);
        }
      }}
    >
      <button type="button" class="btn drop" ref={first} onClick={() => lab.intervene(flight, 'drop')}>
        <Icon name="cross" />
        Drop
      </button>
      <button type="button" class="btn" onClick={() => lab.intervene(flight, 'delay')}>
        <Icon name="clock" />
        Delay
      </button>
      <button type="button" class="btn" onClick={() => lab.intervene(flight, 'duplicate')}>
        <Icon name="copy" />
        Duplicate
      </button>
    </div>
  );
}

function moveFocus(bar: HTMLElement, by: number): void {
  const buttons = [...bar.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement); // narrowing only: indexOf compares identity
  buttons[(at + by + buttons.length) % buttons.length]?.focus();
}

const BOX = 312;
