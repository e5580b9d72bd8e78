/** A time line for hands and keyboards: a rail that is solid up to now, a thumb, whatever stands on it, labels below. */
import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { useLab } from './use-lab.ts';
import { useWidth } from './use-width.ts';

interface Props {
  readonly label: string;
  /** Whole numbers from 0 to `last`; `at` is where the thumb stands. */
  readonly at: number;
  readonly last: number;
  /** The position in words, for screen readers. */
  readonly text: string;
  /** Places along the rail from 0 to `last`: what stands on it, given the pixel of each place. */
  readonly marks: (x: (place: number) => number) => ComponentChildren;
  /** Labels in order; those that would overprint the one before are left out. */
  readonly labels: readonly { readonly place: number; readonly text: string }[];
}

export function Rail({ label, at, last, text, marks, labels }: Props): JSX.Element {
  const lab = useLab();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 600);
  const x = (place: number): number => PAD + (last > 0 ? (place / last) * (width - 2 * PAD) : 0);
  const seek = (event: JSX.TargetedPointerEvent<HTMLDivElement>): void => {
    const rail = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - rail.left - PAD) / Math.max(1, rail.width - 2 * PAD);
    lab.move(Math.round(share * last) - at);
  };
  return (
    <div
      class="scrub"
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={last + 1}
      aria-valuenow={at + 1}
      aria-valuetext={text}
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
        <line class="rail ahead" x1={PAD} x2={width - PAD} y1={RAIL_Y} y2={RAIL_Y} />
        <line class="rail" x1={PAD} x2={x(at)} y1={RAIL_Y} y2={RAIL_Y} />
        {marks(x)}
        <g class="thumb" transform={`translate(${x(at)} ${RAIL_Y})`}>
          <path d="M0-13v26" />
          <circle r={8} />
        </g>
        {readable(labels, x, width).map((one) => (
          <text key={one.x} class="m rail-time" x={one.x} y={58} text-anchor="middle">
            {one.text}
          </text>
        ))}
      </svg>
    </div>
  );
}

/** Height of the rail in its drawing. */
export const RAIL_Y = 22;

/** A label under its place wherever the last one is far enough to the left. */
function readable(
  labels: Props['labels'],
  x: (place: number) => number,
  width: number,
): { readonly x: number; readonly text: string }[] {
  const shown: { x: number; text: string }[] = [];
  let free = 0;
  for (const { place, text } of labels) {
    const at = Math.min(Math.max(x(place), 28), width - 28);
    if (at < free || text === shown.at(-1)?.text) continue;
    shown.push({ x: at, text });
    free = at + 76;
  }
  return shown;
}

const PAD = 14;

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
