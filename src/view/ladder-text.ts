/**
 * The ladder for a terminal: lifelines, one row per segment, states on both sides, silence compressed.
 *
 * A segment has one row, with the time it left and the time it arrived, as long as nothing happened at its receiver in
 * between; otherwise its journey is broken by "…" and its arrival has a row of its own, as in the figures of RFC 9293
 * §3.5 ("an ellipsis indicates a segment that is still in the network").
 */
import type { Flight, Recording } from '../sim/recording.ts';
import type { Nanos, TcpState } from '../tcp/types.ts';
import { capitalise, endpointText, presenceOf } from './ladder-model.ts';
import { type LadderRow, ladderRows } from './ladder-rows.ts';
import { type NumberMode, Numbers } from './numbers.ts';
import { arrowLabel, optionChips } from './segment-label.ts';
import { LineCanvas, type TextLine, type TextRole } from './text-line.ts';
import { formatSpan, formatTime, timeDigits } from './time-text.ts';

export interface LadderTextOptions {
  readonly numbers?: NumberMode;
  /** The last step that has happened. Default: the last of the recording. */
  readonly step?: number;
  /** Also write the options of each segment under its arrow. */
  readonly options?: boolean;
}

/** The ladder as lines of spans with roles; `plainText` makes a string of them. */
export function ladderLines(recording: Recording, options: LadderTextOptions = {}): TextLine[] {
  const at = options.step ?? recording.steps.length - 1;
  const drawing = new Drawing(
    recording,
    new Numbers(recording, options.numbers ?? 'absolute'),
    options.options ?? false,
  );
  const lines = drawing.heading();
  for (const row of ladderRows(recording, at)) drawing.row(row, lines);
  return lines;
}

const STATE_WIDTH = 'SYN-RECEIVED'.length;
const LEAST_GAP = 30;
const LIFELINES = { none: '│', listening: '┊', 'half-open': '╏', established: '┃', closing: '┃' } as const;

class Drawing {
  readonly #recording: Recording;
  readonly #numbers: Numbers;
  readonly #withOptions: boolean;
  readonly #digits: 3 | 6 | 9;
  /** Column of each lifeline. */
  readonly #columns: number[];
  readonly #timeWidth: number;
  readonly #states: TcpState[];

  constructor(recording: Recording, numbers: Numbers, withOptions: boolean) {
    this.#recording = recording;
    this.#numbers = numbers;
    this.#withOptions = withOptions;
    this.#digits = timeDigits(recording);
    const longest = recording.steps.at(-1)?.t ?? 0;
    this.#timeWidth = formatTime(longest, this.#digits).length;
    const labels = recording.flights.map((f) => this.#label(f).length + 8);
    const names = recording.hosts.map((h, i) => Math.max(h.name.length, this.#address(i).length) + 6);
    const chips = withOptions ? recording.flights.map((f) => optionsText(f).length + 7) : [];
    const gap = Math.max(LEAST_GAP, ...labels, ...names, ...chips);
    this.#columns = recording.hosts.map((_, i) => this.#timeWidth + STATE_WIDTH + 4 + i * gap);
    this.#states = recording.hosts.map(() => 'CLOSED');
  }

  heading(): TextLine[] {
    const names = new LineCanvas();
    const addresses = new LineCanvas();
    names.put(0, 'sent', 'quiet');
    this.#recording.hosts.forEach((host, i) => {
      this.#beside(names, i, capitalise(host.name), this.#roleOf(i));
      this.#beside(addresses, i, this.#address(i), 'quiet');
    });
    names.put(this.#arrivalColumn() + this.#timeWidth - 'arrives'.length, 'arrives', 'quiet');
    return [names.line(), addresses.line()];
  }

  row(row: LadderRow, lines: TextLine[]): void {
    switch (row.kind) {
      case 'silence':
        lines.push(this.#silence(row.length, row.quiet));
        return;
      case 'note':
        this.#note(row, lines);
        return;
      case 'arrow':
        this.#arrow(row, lines);
        return;
      default: {
        const never: never = row;
        throw new Error(`no drawing for row ${JSON.stringify(never)}`);
      }
    }
  }

  #silence(length: Nanos, quiet: boolean): TextLine {
    const canvas = new LineCanvas();
    const text = `≈ ${formatSpan(length)}${quiet ? ', nothing sent' : ', compressed'} ≈`;
    const left = this.#columns[0]!;
    const right = this.#columns.at(-1)!;
    this.#lifelines(canvas);
    canvas.put(Math.max(left + 2, Math.floor((left + right + 1 - text.length) / 2)), text, 'quiet');
    return canvas.line();
  }

  #note(row: Extract<LadderRow, { kind: 'note' }>, lines: TextLine[]): void {
    const canvas = new LineCanvas();
    canvas.put(0, this.#time(row.t), 'quiet');
    const below: TextLine[] = [];
    this.#enter(canvas, row.host, row.state, below);
    this.#lifelines(canvas);
    if (row.text !== '') {
      // Inside the ladder, beside the lifeline it concerns: the outer side belongs to the state.
      const column = this.#columns[row.host]!;
      if (this.#isLast(row.host)) canvas.putRight(column - 1, row.text, 'quiet');
      else canvas.put(column + 2, row.text, 'quiet');
    }
    lines.push(canvas.line(), ...below);
  }

  #arrow(row: Extract<LadderRow, { kind: 'arrow' }>, lines: TextLine[]): void {
    const flight = this.#recording.flights[row.flight]!;
    const canvas = new LineCanvas();
    const middle: TextLine[] = [];
    if (row.leaves) this.#enter(canvas, flight.from, row.fromState, middle);
    if (row.arrives) this.#enter(canvas, flight.to, row.toState, middle);
    this.#lifelines(canvas);
    if (row.leaves) canvas.put(0, this.#time(flight.sentAt), 'quiet');
    if (row.arrives) canvas.put(this.#arrivalColumn(), this.#time(flight.arrivesAt), 'quiet');
    this.#draw(canvas, flight, row);
    if (row.lost) canvas.put(this.#arrivalColumn(), this.#fateNote(flight), 'dropped');
    lines.push(canvas.line());
    if (this.#withOptions && row.leaves) this.#chips(flight, lines);
    lines.push(...middle);
  }

  #draw(canvas: LineCanvas, flight: Flight, row: Extract<LadderRow, { kind: 'arrow' }>): void {
    const from = this.#columns[flight.from]!;
    const to = this.#columns[flight.to]!;
    const left = Math.min(from, to) + 1;
    const right = Math.max(from, to) - 1;
    const rightward = to > from;
    const role = this.#roleOf(flight.from);
    const width = right - left + 1;
    canvas.put(left, '─'.repeat(width), role);
    // Lifelines that the segment only passes by stay visible.
    this.#columns.forEach((column) => {
      if (column > left && column < right) canvas.put(column, '┼', role);
    });
    if (row.arrives) canvas.put(rightward ? right : left, rightward ? '▶' : '◀', role);
    const label = ` ${this.#label(flight)} `;
    const labelAt = rightward ? left + 2 : right - 1 - label.length;
    if (!row.leaves) canvas.put(rightward ? left : right, '…', 'quiet');
    if (!row.arrives && !row.lost) canvas.put(rightward ? right - 2 : left, rightward ? '▷ …' : '… ◁', 'quiet');
    if (row.lost) {
      const share = (flight.lostAt - flight.sentAt) / Math.max(1, flight.arrivesAt - flight.sentAt);
      const come = Math.round(Math.min(1, Math.max(0, share)) * (width - 1));
      // The cut stands where the segment died, but never on its own label.
      const cut = Math.min(width - 2, Math.max(come, label.length + 3));
      const dots = '┈'.repeat(width - cut - 1);
      if (rightward) canvas.put(left + cut + 1, dots, 'quiet');
      else canvas.put(left, dots, 'quiet');
      canvas.put(rightward ? left + cut : right - cut, '✕', 'dropped');
    }
    canvas.put(labelAt, label, 'plain');
  }

  #chips(flight: Flight, lines: TextLine[]): void {
    const text = optionsText(flight);
    if (text === '') return;
    const canvas = new LineCanvas();
    this.#lifelines(canvas);
    const column = this.#columns[flight.from]!;
    if (this.#columns[flight.to]! > column) canvas.put(column + 4, text, 'quiet');
    else canvas.putRight(column - 3, text, 'quiet');
    lines.push(canvas.line());
  }

  /** Writes the state a host enters beside its lifeline; a middle lifeline has no free side, so it gets a row below. */
  #enter(canvas: LineCanvas, host: number, state: TcpState | undefined, below: TextLine[]): void {
    if (state === undefined) return;
    this.#states[host] = state;
    if (host === 0 || this.#isLast(host)) {
      this.#beside(canvas, host, state, stateRole(state));
      return;
    }
    const row = new LineCanvas();
    this.#lifelines(row);
    row.put(this.#columns[host]! + 2, state, stateRole(state));
    below.push(row.line());
  }

  #lifelines(canvas: LineCanvas): void {
    this.#columns.forEach((column, host) => {
      const state = this.#states[host]!;
      canvas.put(column, LIFELINES[presenceOf(state)], stateRole(state, 'quiet'));
    });
  }

  /** Text on the outer side of a lifeline: left of the first, right of the others. */
  #beside(canvas: LineCanvas, host: number, text: string, role: TextRole): void {
    if (host === 0) canvas.putRight(this.#columns[0]! - 1, text, role);
    else canvas.put(this.#columns[host]! + 2, text, role);
  }

  #fateNote(flight: Flight): string {
    const at = formatTime(flight.lostAt, this.#digits);
    switch (flight.fate) {
      case 'user':
        return `dropped by you at ${at}`;
      case 'filtered':
        return `filtered at ${at}`;
      case 'overflow':
        return `link queue full at ${at}`;
      default:
        return `lost at ${at}`;
    }
  }

  #label(flight: Flight): string {
    const { flags, fields, note } = arrowLabel(this.#recording, flight, this.#numbers);
    return note === '' ? `${flags} ${fields}` : `${flags} ${fields} ${note}`;
  }

  #address(host: number): string {
    return endpointText(this.#recording.hosts[host]!);
  }

  #time(t: Nanos): string {
    return formatTime(t, this.#digits).padStart(this.#timeWidth);
  }

  #arrivalColumn(): number {
    return this.#columns.at(-1)! + STATE_WIDTH + 4;
  }

  #isLast(host: number): boolean {
    return host === this.#columns.length - 1 && host > 0;
  }

  #roleOf(host: number): TextRole {
    return this.#recording.hosts[host]!.role === 'server' ? 'server' : 'client';
  }
}

function optionsText(flight: Flight): string {
  return optionChips(flight.segment).join(' · ');
}

function stateRole(state: TcpState, otherwise: TextRole = 'plain'): TextRole {
  const presence = presenceOf(state);
  return presence === 'half-open' || presence === 'established' ? presence : otherwise;
}
