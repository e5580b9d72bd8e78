/** The time axis: labelled moments, compressed silence, the line of now and the shade of the future. */
import type { JSX } from 'preact';
import { Fragment } from 'preact';
import { spreadLabels } from '../../src/view/label-spread.ts';
import type { LadderModel } from '../../src/view/ladder-model.ts';
import { formatSpan, formatTime } from '../../src/view/time-text.ts';
import type { Frame } from './frame.ts';
import { Unspoken } from './unspoken.tsx';

interface Props {
  readonly model: LadderModel;
  readonly frame: Frame;
  readonly digits: 3 | 6 | 9;
  /** Bottom of the drawing. */
  readonly bottom: number;
}

/** What lies below now is a shade darker. Drawn first, under everything. */
export function Future({ model, frame, bottom }: Props): JSX.Element {
  const y = frame.top + model.yNow * frame.row;
  return <rect class="future" x={0} y={y} width={frame.width} height={Math.max(0, bottom - y)} />;
}

export function TimeAxis({ model, frame, digits }: Props): JSX.Element {
  const now = frame.top + model.yNow * frame.row;
  const shown = readableTicks(model, frame);
  const reach = (frame.laneX[0] ?? 0) - frame.half;
  return (
    <Unspoken class="axis">
      {shown.map(({ t, y, label }) => (
        <Fragment key={t}>
          <path class="axis-rule" d={frame.narrow ? '' : `M60 ${label}L66 ${y}H${reach}`} />
          {Math.abs(label - now) > 18 && (
            <text class={label > now ? 'm axis-time halo ahead' : 'm axis-time halo'} x={4} y={label + 4.5}>
              {frame.narrow ? shortTime(t) : formatTime(t, digits === 9 ? 6 : digits)}
            </text>
          )}
        </Fragment>
      ))}
    </Unspoken>
  );
}

interface SilencesProps {
  readonly model: LadderModel;
  readonly frame: Frame;
  /** Words for a silence in which nothing was on the way. */
  readonly quiet: string;
}

/** Zigzags: each says how long nothing happened. In the future only those an armed timer is waiting behind. */
export function Silences({ model, frame, quiet }: SilencesProps): JSX.Element {
  const reach = model.timers.reduce((far, bar) => (bar.outcome === 'running' ? Math.max(far, bar.yFires) : far), 0);
  const shown = model.silences.filter((s) => s.y0 < model.yNow || s.y0 < reach);
  return (
    <Unspoken>
      {shown.map((silence) => {
        const y = frame.top + ((silence.y0 + silence.y1) / 2) * frame.row;
        const past = silence.y1 <= model.yNow;
        const text = past
          ? `${formatSpan(silence.length)}, ${silence.quiet ? quiet : 'compressed'}`
          : 'time compressed';
        const middle = ((frame.laneX[0] ?? 0) + (frame.laneX.at(-1) ?? frame.width)) / 2;
        const half = text.length * 3.2 + 12;
        return (
          <g key={silence.y0} class={past ? 'silence' : 'silence ahead'}>
            <path class="zigzag" d={zigzag(0, middle - half, y)} />
            <path class="zigzag" d={zigzag(middle + half, frame.width, y)} />
            <text class="quiet" x={middle} y={y + 4} text-anchor="middle">
              {text}
            </text>
          </g>
        );
      })}
    </Unspoken>
  );
}

/** The line of now with its time in a black tab. */
export function NowLine({ model, frame, digits }: Props): JSX.Element {
  const y = frame.top + model.yNow * frame.row;
  const text = frame.narrow ? shortTime(model.now) : formatTime(model.now, digits === 9 ? 6 : digits);
  const width = text.length * 7.6 + 10;
  return (
    <Unspoken class="now">
      <line x1={0} x2={frame.width} y1={y} y2={y} />
      <rect x={0} y={y - 11} width={width} height={22} rx={3} />
      <text class="m" x={width / 2} y={y + 4.5} text-anchor="middle">
        {text}
      </text>
    </Unspoken>
  );
}

/** Ticks whose labels would overprint give way to the next line; those that would drift far are left out. */
function readableTicks(model: LadderModel, frame: Frame): { t: number; y: number; label: number }[] {
  const ticks = model.ticks.map((tick) => ({ t: tick.t, y: frame.top + tick.y * frame.row }));
  const labels = spreadLabels(
    ticks.map((tick) => ({ y: tick.y, height: 14 })),
    2,
  );
  return ticks.map((tick, i) => ({ ...tick, label: labels[i] ?? tick.y })).filter((t) => t.label - t.y < 34);
}

function shortTime(t: number): string {
  return t === 0 ? '0 s' : `${Number((t / 1e9).toFixed(3))}`;
}

function zigzag(from: number, to: number, y: number): string {
  let d = `M${from} ${y + 2}`;
  for (let x = from, up = true; x + 6 <= to; x += 6, up = !up) d += up ? 'l6-4' : 'l6 4';
  return d;
}
