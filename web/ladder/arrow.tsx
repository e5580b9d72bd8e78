/** One segment on its way: the line, its label above, its options below, and how it ended. */
import type { JSX } from 'preact';
import type { Recording } from '../../src/sim/recording.ts';
import type { LadderArrow } from '../../src/view/ladder-model.ts';
import type { Numbers } from '../../src/view/numbers.ts';
import { bytesText } from '../../src/view/segment-label.ts';
import { ACK } from '../../src/wire/segment.ts';
import type { Frame } from './frame.ts';

interface Props {
  readonly arrow: LadderArrow;
  readonly recording: Recording;
  readonly numbers: Numbers;
  readonly frame: Frame;
  /** Something travels the other way meanwhile: words stay on the sender's side. */
  readonly crossed: boolean;
  /** Another one follows so closely that there is no room for options below the line. */
  readonly crowded: boolean;
  /** So many left the same host at the same height before it: their words stand above, those of later ones below the line. */
  readonly rank: number;
  /** Another one runs so close above that there is room for one line of words only. */
  readonly closeAbove: boolean;
  readonly selected: boolean;
  readonly acting: boolean;
  readonly step: number;
  onSelect(flight: number): void;
}

/** A piece of a label: text, and the number it shows if any. */
interface Piece {
  readonly text: string;
  readonly k?: string;
  readonly strong?: boolean;
  readonly quiet?: boolean;
}

export function Arrow(props: Props): JSX.Element {
  const { arrow, frame, selected, rank } = props;
  const geometry = placeArrow(arrow, frame);
  const { length, rightward } = geometry;
  // Distances along the line are from the sender; the drawing runs from left to right, so that text stands upright.
  const at = (way: number): number => (rightward ? way : length - way);
  const flying = arrow.state === 'in-flight';
  const tip = flying ? Math.max(arrow.tip * length, Math.min(30, length / 3)) : arrow.tip * length;
  const words = labelLines(props, length);
  const lines = rank > 0 || props.closeAbove ? [words.flat()] : words;
  const lift = arrow.state === 'lost' || flying ? 19 : 8;
  const chips = placeChips(props.crowded || rank > 0 ? [] : arrow.chips, frame, length, endOfChips(props, length));
  // Read from left to right in either direction; the whole row keeps its distance from the sender.
  const chipsEnd = chips.reduce((end, chip) => Math.max(end, chip.way + chip.width), 0);
  const shift = rightward ? 0 : length - chipsEnd - CHIP_FROM;
  const wayTo = (width: number): number => labelStart(width, length, props.crossed);
  const tone = toneOf(props);
  const label = spoken(props);
  const open = (): void => props.onSelect(arrow.flight);
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no <button> in SVG
    <g
      class={`arrow ${tone} ${arrow.state} ${selected ? 'selected' : ''} ${arrow.again ? 'again' : ''}`}
      transform={`translate(${geometry.x} ${geometry.y}) rotate(${geometry.angle})`}
      data-k={`f${arrow.flight}`}
      role="button"
      tabindex={0}
      aria-label={label}
      aria-haspopup={flying ? 'true' : undefined}
      aria-expanded={flying ? props.acting : undefined}
      onClick={open}
      onKeyDown={(e) => {
        if (e.key !== 'Enter') return;
        e.preventDefault();
        open();
      }}
    >
      <rect
        class="hit"
        x={-2}
        y={-lift - 16 * lines.length}
        width={length + 4}
        height={lift + 16 * lines.length + 28}
        rx={5}
      />
      <line class="way" x1={at(0)} x2={at(tip)} y1={0} y2={0} />
      {flying && <line class="way-ahead" x1={at(tip)} x2={at(length)} y1={0} y2={0} />}
      {arrow.state === 'delivered' && <path class="head" d={head(at(length), rightward)} />}
      {arrow.state === 'lost' && <Cut at={at} cut={arrow.cut * length} length={length} angle={geometry.angle} />}
      {chips.map((chip) => (
        <g key={chip.text} class="chip-mark">
          <rect x={shift + chip.way} y={9} width={chip.width} height={17} rx={8.5} />
          <text x={shift + chip.way + chip.width / 2} y={21.5} text-anchor="middle">
            {chip.text}
          </text>
        </g>
      ))}
      {flying && <Token x={at(tip)} rightward={rightward} />}
      {lines.map((line, row) => {
        const width = widthOf(line, frame);
        const start = Math.max(4, rightward ? wayTo(width) : length - wayTo(width) - width);
        return (
          <text
            key={row === 0 ? 'first' : 'more'}
            class="m label halo"
            x={start}
            y={rank > 0 ? rank * 15 : -lift - (lines.length - 1 - row) * 15}
          >
            {line.map((piece) => (
              <tspan
                key={piece.text}
                data-k={piece.k}
                class={piece.strong ? 'strong' : piece.quiet ? 'quiet-span' : undefined}
              >
                {piece.text}
              </tspan>
            ))}
          </text>
        );
      })}
    </g>
  );
}

/** Where its token is, in pixels of the drawing: the action buttons open beside it. */
export function tokenPoint(arrow: LadderArrow, frame: Frame): { x: number; y: number } {
  const from = frame.laneX[arrow.from] ?? 0;
  const to = frame.laneX[arrow.to] ?? 0;
  const y0 = frame.top + arrow.y0 * frame.row;
  const y1 = frame.top + arrow.y1 * frame.row;
  const share = Math.max(arrow.tip, 0.08);
  return { x: from + (to - from) * share, y: y0 + (y1 - y0) * share };
}

function placeArrow(
  arrow: LadderArrow,
  frame: Frame,
): { x: number; y: number; angle: number; length: number; rightward: boolean } {
  const from = frame.laneX[arrow.from] ?? 0;
  const to = frame.laneX[arrow.to] ?? 0;
  const rightward = to >= from;
  const y0 = frame.top + arrow.y0 * frame.row;
  const y1 = frame.top + arrow.y1 * frame.row;
  const gap = frame.half + 1;
  const [xl, xr] = rightward ? [from + gap, to - gap] : [to + gap, from - gap];
  const [yl, yr] = rightward ? [y0, y1] : [y1, y0];
  const angle = (Math.atan2(yr - yl, xr - xl) * 180) / Math.PI;
  return { x: xl, y: yl, angle, length: Math.hypot(xr - xl, yr - yl), rightward };
}

function Cut({
  at,
  cut,
  length,
  angle,
}: {
  at(way: number): number;
  cut: number;
  length: number;
  angle: number;
}): JSX.Element {
  return (
    <>
      <line class="way-lost" x1={at(Math.min(length, cut + 12))} x2={at(length)} y1={0} y2={0} />
      <g transform={`translate(${at(cut)} 0) rotate(${-angle})`} class="cut">
        <circle r={10} />
        <path d="M-4-4 4 4M4-4-4 4" />
      </g>
    </>
  );
}

function Token({ x, rightward }: { x: number; rightward: boolean }): JSX.Element {
  return (
    <g transform={`translate(${x} 0)`} class="token">
      <rect class="token-frame" x={-17} y={-12} width={34} height={24} rx={7} />
      <rect class="token-body" x={-12} y={-7} width={24} height={14} rx={3} />
      <path d={rightward ? 'M-3.5-3.5 3.5 0-3.5 3.5' : 'M3.5-3.5-3.5 0 3.5 3.5'} />
    </g>
  );
}

/** The label in one line, or in two where the arrow is too short for it. */
function labelLines({ arrow, recording, numbers, frame, crossed }: Props, length: number): Piece[][] {
  const flight = recording.flights[arrow.flight];
  if (!flight) return [];
  const { segment } = flight;
  const seq: Piece[] = [
    { text: arrow.label.flags, strong: true },
    { text: ' seq=' },
    { text: numbers.seq(segment), k: `n${segment.seq}` },
  ];
  const rest: Piece[] = [];
  if (segment.flags & ACK) rest.push({ text: ' ack=' }, { text: numbers.ack(segment), k: `n${segment.ack}` });
  if (segment.len > 0) rest.push({ text: ` ${bytesText(segment.len)}` });
  const note = arrow.state === 'lost' ? FATES[arrow.fate] : arrow.label.note;
  if (note) rest.push({ text: ` ${note}`, quiet: true });
  const one = [...seq, ...rest];
  return widthOf(one, frame) <= (crossed ? length * 0.5 : length - 20)
    ? [one]
    : [seq, rest].filter((line) => line.length > 0);
}

function widthOf(line: readonly Piece[], frame: Frame): number {
  return line.reduce((sum, piece) => sum + piece.text.length, 0) * frame.char;
}

/**
 * Labels stand in the middle, or nearer the receiver when long: near the sender the arrow that caused this one comes in,
 * and the wedge between the two is narrow.
 */
function labelStart(width: number, length: number, crossed: boolean): number {
  if (crossed) return Math.max(6, Math.min(26, length - width - 14));
  return Math.max(6, Math.max((length - width) / 2, Math.min(56, length - width - 14)));
}

/** How far along the way chips may stand. */
function endOfChips({ arrow, crossed }: Props, length: number): number {
  const end = arrow.state === 'lost' ? arrow.cut * length : length;
  return crossed ? Math.min(end, length * 0.46) : end;
}

/** Option chips below the line, between a token that has just left and the receiver's wedge. */
function placeChips(
  chips: readonly string[],
  frame: Frame,
  length: number,
  end: number,
): { text: string; way: number; width: number }[] {
  const placed: { text: string; way: number; width: number }[] = [];
  let way = CHIP_FROM;
  const room = Math.min(length * 0.72, end - 16);
  for (const [i, text] of chips.entries()) {
    const width = text.length * 6.6 + 13;
    const more = `+${chips.length - i}`;
    if (way + width > room || (frame.narrow && i > 0)) {
      if (way + 30 <= room) placed.push({ text: more, way, width: 30 });
      break;
    }
    placed.push({ text, way, width });
    way += width + 4;
  }
  return placed;
}

const CHIP_FROM = 50;

function head(x: number, rightward: boolean): string {
  return rightward ? `M${x} 0l-11-5v10z` : `M${x} 0l11-5v10z`;
}

function toneOf({ arrow, recording }: Props): string {
  return recording.hosts[arrow.from]?.role ?? 'peer';
}

function spoken({ arrow, recording, numbers }: Props): string {
  const segment = recording.flights[arrow.flight]?.segment;
  const parts = [arrow.label.flags];
  if (segment) parts.push(`sequence ${numbers.seq(segment)}`);
  if (segment && segment.flags & ACK) parts.push(`acknowledgment ${numbers.ack(segment)}`);
  const note = arrow.label.note ? `, ${arrow.label.note}` : '';
  const end =
    arrow.state === 'in-flight'
      ? 'in flight: open its actions'
      : arrow.state === 'lost'
        ? FATES[arrow.fate]
        : 'delivered';
  return `${parts.join(', ')}${note}, ${end}`;
}

const FATES: Record<LadderArrow['fate'], string> = {
  delivered: '',
  'in-flight': '',
  lost: 'lost',
  scripted: 'lost',
  user: 'dropped by you',
  filtered: 'filtered',
  overflow: 'queue full',
};
