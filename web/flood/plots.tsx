/** The plots of a run below each other on one time axis: occupancy, drops, success, connect time. */
import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { FloodMoment, FloodSeries } from '../../src/sim/flood-report.ts';
import type { Nanos } from '../../src/tcp/types.ts';
import { momentSentence } from '../../src/view/flood-sentence.ts';
import { type Plot, type PlotLine, plotValue, sampleAt } from '../../src/view/plot-model.ts';
import { bandPath, linePath, type PlotBox } from '../../src/view/plot-path.ts';
import { roundTimes } from '../../src/view/round-times.ts';
import { formatSpan } from '../../src/view/time-text.ts';
import { useWidth } from '../use-width.ts';

interface Props {
  readonly plots: readonly Plot[];
  readonly series: FloodSeries;
  readonly until: Nanos;
  readonly t: Nanos;
  readonly moments: readonly FloodMoment[];
  readonly id: string;
}

export function Plots({ plots, series, until, t, moments, id }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 340) - GUTTER - 1;
  const x = (time: Nanos): number => Math.round((Math.min(1, time / until) * width + GUTTER) * 100) / 100;
  const at = sampleAt(series, t);
  const past = moments.filter((moment) => moment.t <= t);
  return (
    <section class="plots" aria-label="Plots" ref={box}>
      {plots.map((plot) => (
        <figure key={plot.id}>
          <figcaption>
            <h2>{SHORT[plot.id]}</h2>
            <Values plot={plot} at={at} id={id} />
          </figcaption>
          <svg width={width + GUTTER} height={HEIGHT + 8} aria-hidden="true">
            <rect class="plot-ahead" x={x(t)} y={TOP} width={Math.max(0, width + GUTTER - x(t))} height={HEIGHT} />
            {plot.ticks.map((tick) => (
              <Tick key={tick} plot={plot} tick={tick} width={width} />
            ))}
            <svg
              aria-hidden="true"
              x={GUTTER}
              y={TOP - 2}
              width={Math.max(0.01, x(t) - GUTTER)}
              height={HEIGHT + 4}
              class="plot-past"
            >
              <Shapes plot={plot} width={width} samples={until / series.every} id={id} />
            </svg>
            {plot.limit !== null && (
              <g class="plot-limit">
                <path d={`M${GUTTER} ${yAt(plot, plot.limit.value)}h${width}`} />
                <text class="halo" x={width + GUTTER - 3} y={limitLabel(plot, plot.limit.value)} text-anchor="end">
                  {plot.limit.label}
                </text>
              </g>
            )}
            {past.map((moment) => (
              <path key={moment.what} class="plot-moment" d={`M${x(moment.t)} ${TOP}v${HEIGHT}`}>
                <title>{momentSentence(moment)}</title>
              </path>
            ))}
            <path class="plot-now" d={`M${x(t)} ${TOP - 3}v${HEIGHT + 6}`} />
          </svg>
        </figure>
      ))}
      <TimeLabels until={until} width={width} />
    </section>
  );
}

/** Drawn once for a report; moving on in time only moves the edge that cuts it. */
function Shapes({ plot, width, samples, id }: { plot: Plot; width: number; samples: number; id: string }): JSX.Element {
  return useMemo(() => {
    const box: PlotBox = { width, height: HEIGHT, samples, top: plot.top };
    if (plot.draw === 'lines') {
      return (
        <g transform="translate(0 2)">
          {plot.lines.map((line) => (
            <path key={line.id} class={`plot-line ${line.role} ${plot.id}`} d={linePath(line.values, box)} />
          ))}
        </g>
      );
    }
    let lower: readonly number[] = (plot.lines[0]?.values ?? []).map(() => 0);
    return (
      <g transform="translate(0 2)">
        {plot.lines.filter(isEver).map((line) => {
          const below = lower;
          const upper = line.values.map((value, i) => value + (below[i] ?? 0));
          lower = upper;
          return (
            <path
              key={line.id}
              class={`plot-band ${line.role}`}
              d={bandPath(below, upper, box)}
              fill={`url(#${id}-${line.role})`}
            />
          );
        })}
      </g>
    );
  }, [plot, width, samples, id]);
}

/** What the lines say at this moment; it is also the legend. */
function Values({ plot, at, id }: { readonly plot: Plot; readonly at: number; readonly id: string }): JSX.Element {
  const shown = plot.lines.filter(isEver);
  return (
    <ul class="legend values">
      {shown.map((line) => (
        <li key={line.id} data-cause={line.role} {...(plot.id === 'drops' ? FOCUSABLE : {})}>
          <Sample plot={plot} line={line} id={id} />
          <span>
            {line.label} <b class="mono">{plotValue(plot, at < 0 ? Number.NaN : (line.values[at] ?? Number.NaN))}</b>
          </span>
        </li>
      ))}
      {shown.length === 0 && <li class="mut">nothing</li>}
    </ul>
  );
}

function Sample({ plot, line, id }: { plot: Plot; line: PlotLine; id: string }): JSX.Element {
  return (
    <svg class={plot.draw === 'stack' ? 'swatch' : 'swatch wide'} aria-hidden="true">
      {plot.draw === 'stack' ? (
        <rect
          class={`plot-band ${line.role}`}
          x="0.5"
          y="0.5"
          width="12"
          height="12"
          fill={`url(#${id}-${line.role})`}
        />
      ) : (
        <path class={`plot-line ${line.role} ${plot.id}`} d="M0 6.5h18" />
      )}
    </svg>
  );
}

function Tick({ plot, tick, width }: { plot: Plot; tick: number; width: number }): JSX.Element {
  const y = yAt(plot, tick);
  return (
    <g class="plot-tick">
      <path d={`M${GUTTER} ${y}h${width}`} />
      {(tick === 0 || tick === plot.top) && (
        <text x={GUTTER - 5} y={tick === 0 ? y : y + 9} text-anchor="end">
          {tick >= 10_000 ? `${tick / 1000}k` : plotValue(plot, tick).replace('/s', '')}
        </text>
      )}
    </g>
  );
}

function TimeLabels({ until, width }: { readonly until: Nanos; readonly width: number }): JSX.Element {
  const labels = roundTimes(until, Math.max(2, Math.floor(width / 70)));
  return (
    <svg class="plot-times" width={width + GUTTER} height={16} aria-hidden="true">
      {labels.map((time) => (
        <text
          key={time}
          x={GUTTER + (time / until) * width}
          y={12}
          text-anchor={time === 0 ? 'start' : time > until * 0.97 ? 'end' : 'middle'}
        >
          {time === 0 ? '0 s' : formatSpan(time)}
        </text>
      ))}
    </svg>
  );
}

function isEver(line: PlotLine): boolean {
  return line.values.some((value) => value > 0);
}

/** Under its line, or above it where there is no room below. */
function limitLabel(plot: Plot, value: number): number {
  const y = yAt(plot, value);
  return y > TOP + HEIGHT / 2 ? y - 4 : y + 12;
}

function yAt(plot: Plot, value: number): number {
  return TOP + HEIGHT * (1 - Math.min(1, value / plot.top));
}

/** Beside the values there is little room. */
const SHORT: Readonly<Record<Plot['id'], string>> = {
  occupancy: 'Half-open',
  drops: 'Drops',
  success: 'Success',
  'connect-time': 'Connect time',
};

/** A cause of drops lights its counters in nstat, and they it (`linked.css`): by keyboard, too. */
const FOCUSABLE = { tabIndex: 0 } as const;

const GUTTER = 48;
const HEIGHT = 42;
const TOP = 4;
