/** Beside the lifelines: timer bars, and labels for states and timers that never overprint each other. */
import type { JSX } from 'preact';
import { spreadLabels } from '../../src/view/label-spread.ts';
import type { LadderModel, TimerBar } from '../../src/view/ladder-model.ts';
import { formatSpan } from '../../src/view/time-text.ts';
import { timerKey, timerName } from '../../src/view/timer-name.ts';
import type { Frame } from './frame.ts';
import { Unspoken } from './unspoken.tsx';

interface Props {
  readonly model: LadderModel;
  readonly frame: Frame;
}

interface Note {
  readonly key: string;
  readonly y: number;
  readonly height: number;
  readonly lines: readonly string[];
  readonly tone: string;
  readonly boxed: boolean;
  readonly k: string;
}

export function TimerBars({ model, frame }: Props): JSX.Element {
  const columns = barColumns(model);
  return (
    <Unspoken>
      {model.timers.map((bar, i) => {
        if (!shows(bar, frame)) return null;
        const side = sideOf(bar.lane, frame);
        const x = (frame.laneX[bar.lane] ?? 0) + side * (20 + (columns[i] ?? 0) * 13);
        const y0 = frame.top + bar.y0 * frame.row;
        const yRun = frame.top + bar.yRun * frame.row;
        const yFires = frame.top + bar.yFires * frame.row;
        const tone = toneOf(model, bar);
        return (
          <g key={barKey(bar)} class={`timer ${tone} ${bar.outcome}`} data-k={timerKey(bar.lane, bar.name)}>
            {bar.outcome === 'running' && (
              <rect class="timer-ahead" x={x - 4} y={yRun} width={8} height={Math.max(0, yFires - yRun)} rx={1.5} />
            )}
            <rect
              class="timer-run"
              x={x - 4}
              y={y0}
              width={8}
              height={Math.max(0, yRun - y0)}
              rx={1.5}
              fill={`url(#hatch-${tone})`}
            />
            {bar.outcome === 'stopped' ? (
              <path class="timer-end" d={`M${x - 7} ${yRun}h14`} />
            ) : (
              <path class="hourglass" d={hourglass(x, yFires)} />
            )}
          </g>
        );
      })}
    </Unspoken>
  );
}

/** State names and what the timers wait for. */
export function SideNotes({ model, frame }: Props): JSX.Element {
  return (
    <Unspoken>
      {model.lanes.map((lane) => {
        const side = sideOf(lane.host, frame);
        const notes = notesOf(model, frame, lane.host);
        const ys = spreadLabels(notes, 3);
        const edge =
          (frame.laneX[lane.host] ?? 0) + side * (frame.narrow ? 10 : 33 + 13 * extraColumns(model, lane.host));
        return notes.map((note, i) => {
          const y = ys[i] ?? note.y;
          const width = Math.max(...note.lines.map(tagWidth));
          // A narrow page has no room beside the lifeline: labels stand inside, at the outer edge.
          const room = frame.width - width - 2;
          // Beside many timers a tag may cover some of them, but is never cut off itself.
          const outside = side < 0 ? Math.max(width + 2, edge) : Math.min(room, edge);
          const x = frame.narrow ? (side < 0 ? 2 : frame.width - 2) : outside;
          const anchor = frame.narrow === side < 0 ? 'start' : 'end';
          const boxX = anchor === 'start' ? x : x - width;
          const pad = note.boxed ? 7 : 0;
          return (
            <g key={note.key} class={`note ${note.tone}`} data-k={note.k}>
              {note.boxed && <rect class="tag" x={boxX} y={y - 10} width={width} height={20} rx={3} />}
              {note.lines.map((line, row) => (
                <text
                  key={line}
                  class={note.boxed ? 'm tag-text' : row > 0 ? 'quiet halo' : 'halo'}
                  x={anchor === 'start' ? x + pad : x - pad}
                  y={y + 4.2 + row * 15}
                  text-anchor={anchor}
                >
                  {line}
                </text>
              ))}
            </g>
          );
        });
      })}
    </Unspoken>
  );
}

function notesOf(model: LadderModel, frame: Frame, lane: number): Note[] {
  const notes: Note[] = [];
  const bottomOf = (rows: number): number => frame.top + rows * frame.row;
  for (const span of model.spans) {
    if (span.lane !== lane || span.step < 0) continue;
    notes.push({
      key: `state.${span.step}.${span.state}`,
      y: bottomOf(span.y0) + (belowTime(span.state, lane, frame, model) ? 22 : span.y0 === 0 ? 6 : 0),
      height: 20,
      lines: [frame.narrow ? (SHORT[span.state] ?? span.state) : span.state],
      tone: span.presence === 'none' || span.presence === 'listening' ? 'plain' : stateTone(model, lane, span.state),
      boxed: true,
      k: `s${span.step}`,
    });
  }
  if (frame.narrow) return notes;
  for (const bar of model.timers) {
    if (bar.lane !== lane || !shows(bar, frame) || bar.outcome === 'stopped') continue;
    const length = formatSpan(bar.firesAt - bar.armedAt);
    const running = bar.outcome === 'running';
    // Whole milliseconds: while now is moving, more digits would only flicker.
    const gone = running ? Math.round((model.now - bar.armedAt) / 1e6) * 1e6 : 0;
    notes.push({
      key: `timer.${barKey(bar)}`,
      y: bottomOf(bar.yFires) - (running ? 0 : 18),
      height: 30,
      lines: [
        `${timerName(bar.name)} ${length}`,
        !running ? 'expired' : gone > 0 ? `${formatSpan(gone)} gone` : 'just started',
      ],
      tone: 'plain',
      boxed: false,
      k: timerKey(bar.lane, bar.name),
    });
  }
  return notes;
}

/** A timer that was called off within a few pixels of being armed says nothing. */
function shows(bar: TimerBar, frame: Frame): boolean {
  if (!Number.isFinite(bar.firesAt)) return false;
  return bar.outcome !== 'stopped' || (bar.yRun - bar.y0) * frame.row > 6;
}

/** Bars of one lane that run at the same time stand side by side. */
function barColumns(model: LadderModel): number[] {
  const columns: number[] = [];
  model.timers.forEach((bar, i) => {
    const taken = new Set<number>();
    for (let j = 0; j < i; j++) {
      const other = model.timers[j];
      if (!other || other.lane !== bar.lane) continue;
      const otherEnd = other.outcome === 'running' ? other.yFires : other.yRun;
      const end = bar.outcome === 'running' ? bar.yFires : bar.yRun;
      if (other.y0 < end && bar.y0 < otherEnd) taken.add(columns[j] ?? 0);
    }
    let column = 0;
    while (taken.has(column)) column++;
    columns.push(column);
  });
  return columns;
}

function extraColumns(model: LadderModel, lane: number): number {
  const columns = barColumns(model);
  return Math.max(0, ...model.timers.map((bar, i) => (bar.lane === lane ? (columns[i] ?? 0) : 0)));
}

/** As `ss` prints them, where there is no room. */
const SHORT: Readonly<Record<string, string>> = { ESTABLISHED: 'ESTAB', 'SYN-RECEIVED': 'SYN-RECV' };

/** The time of this moment stands at the left edge: a long tag of the left lane goes below it. */
function belowTime(state: string, lane: number, frame: Frame, model: LadderModel): boolean {
  if (lane !== 0) return false;
  return frame.narrow || tagWidth(state) > (frame.laneX[0] ?? 0) - 33 - 13 * extraColumns(model, lane) - TIME_WIDTH;
}

function tagWidth(text: string): number {
  return text.length * 7.2 + 14;
}

const TIME_WIDTH = 66;

/** -1: notes left of the lane, +1: right of it. */
function sideOf(lane: number, frame: Frame): -1 | 1 {
  return lane === 0 && frame.laneX.length > 1 ? -1 : 1;
}

function toneOf(model: LadderModel, bar: TimerBar): string {
  if (bar.name === 'syn-ack') return 'halfopen';
  const role = model.lanes[bar.lane]?.role ?? 'peer';
  return role === 'server' ? 'server' : role === 'client' ? 'client' : 'cookie';
}

function stateTone(model: LadderModel, lane: number, state: string): string {
  if (state === 'SYN-RECEIVED') return 'halfopen';
  if (state === 'SYN-SENT') return model.lanes[lane]?.role ?? 'client';
  return 'established';
}

function barKey(bar: TimerBar): string {
  return `${bar.lane}.${bar.connection}.${bar.name}.${bar.armedAt}.${bar.firesAt}`;
}

function hourglass(x: number, y: number): string {
  return `M${x - 6} ${y - 6}h12M${x - 6} ${y + 6}h12M${x - 4.5} ${y - 6}c0 4 4.5 4 4.5 6 0-2 4.5-2 4.5-6M${x - 4.5} ${y + 6}c0-4 4.5-4 4.5-6 0 2 4.5 2 4.5 6`;
}
