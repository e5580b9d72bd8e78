/** The ladder: time runs down, the slope of an arrow is its delay. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Recording } from '../../src/sim/recording.ts';
import { crossedFlights } from '../../src/view/crossings.ts';
import { type LadderArrow, type LadderModel, ladderModel } from '../../src/view/ladder-model.ts';
import type { Numbers } from '../../src/view/numbers.ts';
import type { ScaleMode } from '../../src/view/time-scale.ts';
import { timeDigits } from '../../src/view/time-text.ts';
import { HostSign } from '../icons.tsx';
import { useLab } from '../use-lab.ts';
import { Actions } from './actions.tsx';
import { Arrow, tokenPoint } from './arrow.tsx';
import { Future, NowLine, Silences, TimeAxis } from './axis.tsx';
import { type Frame, ladderFrame } from './frame.ts';
import { Lifelines } from './lifelines.tsx';
import { Patterns } from './patterns.tsx';
import { SideNotes, TimerBars } from './side-notes.tsx';
import { type Moment, useMovingNow } from './use-moving-now.ts';

interface Props {
  readonly recording: Recording;
  readonly numbers: Numbers;
}

/** The ladder of a handshake, at the page's step. */
export function Ladder({ recording, numbers }: Props): JSX.Element {
  const lab = useLab();
  const { step, scale, selected, acting, playing } = lab.state;
  const moment = useMovingNow(recording, step, scale, playing);
  return (
    <LadderView
      recording={recording}
      numbers={numbers}
      moment={moment}
      scale={scale}
      selected={selected}
      acting={acting}
      onSelect={(flight) => lab.select(flight)}
    />
  );
}

interface ViewProps extends Props {
  readonly moment: Moment;
  readonly scale: ScaleMode;
  /** A flight, or -1. */
  readonly selected: number;
  readonly acting: boolean;
  /** What a silence of this recording means, behind its length. */
  readonly silence?: string;
  /** Drawn under everything that moves. */
  readonly behind?: (model: LadderModel, frame: Frame) => JSX.Element;
  onSelect(flight: number): void;
}

export function LadderView(props: ViewProps): JSX.Element {
  const { recording, numbers, moment, scale, selected, acting } = props;
  const box = useRef<HTMLDivElement>(null);
  const { width, height: least } = useSize(box);
  const model = ladderModel(recording, {
    step: moment.step,
    ...(moment.now === undefined ? {} : { now: moment.now }),
    numbers: numbers.mode,
    scale,
  });
  const frame = useMemo(
    () => ladderFrame(width, recording.hosts.length, model.height),
    [width, recording.hosts.length, model.height],
  );
  const crossed = useMemo(() => crossedFlights(recording), [recording]);
  const digits = useMemo(() => timeDigits(recording), [recording]);
  // The future reaches to the bottom of the page, however short the run.
  const bottom = Math.max(frame.top + model.height * frame.row + 28, least - HEADS);
  useFollowNow(box, frame.top + model.yNow * frame.row, moment.now === undefined);

  const actor = acting
    ? model.arrows.find((arrow) => arrow.flight === selected && arrow.state === 'in-flight')
    : undefined;
  const token = actor ? tokenPoint(actor, frame) : undefined;
  // The selected arrow is drawn last, over the others, but keeps its place in the Tab order by being one of few.
  return (
    <div class="lad-scroll" ref={box}>
      <LaneHeads recording={recording} frame={frame} />
      <div class="lad">
        {/* biome-ignore lint/a11y/useSemanticElements: a drawing with buttons in it is a group, and there is no fieldset in SVG */}
        <svg
          width={frame.width}
          height={bottom}
          viewBox={`0 0 ${frame.width} ${bottom}`}
          role="group"
          aria-label={`Ladder of ${recording.title}, up to step ${moment.step + 1}`}
        >
          <Patterns />
          <Future model={model} frame={frame} digits={digits} bottom={bottom} />
          {props.behind?.(model, frame)}
          <Silences model={model} frame={frame} quiet={props.silence ?? 'nothing sent'} />
          <TimeAxis model={model} frame={frame} digits={digits} bottom={bottom} />
          <TimerBars model={model} frame={frame} />
          <Lifelines model={model} frame={frame} bottom={bottom} />
          {model.arrows.map((arrow) => (
            <Arrow
              key={arrow.flight}
              arrow={arrow}
              recording={recording}
              numbers={numbers}
              frame={frame}
              crossed={crossed[arrow.flight] === true}
              crowded={isCrowded(arrow, model.arrows, frame)}
              rank={rankOf(arrow, model.arrows, frame)}
              closeAbove={isCloseAbove(arrow, model.arrows, frame)}
              selected={arrow.flight === selected}
              acting={acting}
              step={moment.step}
              onSelect={props.onSelect}
            />
          ))}
          <NowLine model={model} frame={frame} digits={digits} bottom={bottom} />
          <SideNotes model={model} frame={frame} />
        </svg>
        {actor && token && (
          <Actions flight={actor.flight} name={actor.label.flags} x={token.x} y={token.y} width={frame.width} />
        )}
      </div>
    </div>
  );
}

/** Two arrows in the same direction less than a label and a row of options apart. */
function isCrowded(arrow: LadderArrow, all: readonly LadderArrow[], frame: Frame): boolean {
  return all.some((other) => {
    const gap = (other.y0 - arrow.y0) * frame.row;
    return other.from === arrow.from && other.flight !== arrow.flight && gap >= 0 && gap < LEAST_GAP;
  });
}

const LEAST_GAP = 62;

/** How many arrows of the same host lie on this one or a few pixels above it. */
function rankOf(arrow: LadderArrow, all: readonly LadderArrow[], frame: Frame): number {
  return all.filter((other) => {
    const gap = (arrow.y0 - other.y0) * frame.row;
    return other.from === arrow.from && other.flight < arrow.flight && Math.abs(gap) < SAME_HEIGHT;
  }).length;
}

const SAME_HEIGHT = 12;

function isCloseAbove(arrow: LadderArrow, all: readonly LadderArrow[], frame: Frame): boolean {
  return all.some((other) => {
    const gap = (arrow.y0 - other.y0) * frame.row;
    return other.from === arrow.from && gap >= SAME_HEIGHT && gap < TWO_LINES;
  });
}

const TWO_LINES = 40;

/** Names and addresses stay in view while the ladder scrolls. */
function LaneHeads({ recording, frame }: { recording: Recording; frame: Frame }): JSX.Element {
  return (
    <div class="lane-heads">
      {recording.hosts.map((host, i) => {
        const last = i === recording.hosts.length - 1 && i > 0;
        const x = frame.laneX[i] ?? 0;
        const place = last ? { right: `${frame.width - x - 7}px` } : { left: `${x - 7}px` };
        return (
          <div key={host.name} class={last ? 'lane-head last' : 'lane-head'} style={place}>
            <HostSign role={host.role} />
            <div>
              <b>{host.name.charAt(0).toUpperCase() + host.name.slice(1)}</b>
              {/* Two addresses do not fit side by side on a phone; the control blocks have them too. */}
              {frame.width >= 400 && (
                <span class="mono">{host.port > 0 ? `${host.address}:${host.port}` : host.address}</span>
              )}
            </div>
          </div>
        );
      })}
    </div>
  );
}

function useSize(box: { readonly current: HTMLDivElement | null }): { width: number; height: number } {
  const [size, setSize] = useState({ width: 360, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      // On a phone the page scrolls, not the ladder: its box is as high as its content and says nothing.
      const scrolls = getComputedStyle(element).overflowY === 'auto';
      setSize({ width: Math.max(280, element.clientWidth), height: scrolls ? element.clientHeight : 0 });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return size;
}

/** Scrolls so that now stays in view, with room for what is about to happen. */
function useFollowNow(box: { readonly current: HTMLDivElement | null }, y: number, settled: boolean): void {
  useEffect(() => {
    const element = box.current;
    if (!element || !settled || element.scrollHeight <= element.clientHeight + 1) return;
    const top = y + HEADS - element.scrollTop;
    if (top > element.clientHeight * 0.3 && top < element.clientHeight * 0.72) return;
    const smooth = !window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    element.scrollTo({ top: y + HEADS - element.clientHeight * 0.55, behavior: smooth ? 'smooth' : 'auto' });
  }, [box, y, settled]);
}

/** Height of the names above the lanes, as in the style sheet. */
const HEADS = 46;
