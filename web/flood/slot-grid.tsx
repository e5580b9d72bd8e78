/** The SYN queue slot by slot: fill and pattern tell the owner, height the time left, notches the SYN/ACKs sent. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FloodFrame } from '../../src/sim/flood-frame.ts';
import type { Nanos } from '../../src/tcp/types.ts';
import { countText } from '../../src/view/flood-number.ts';
import { frameSentence } from '../../src/view/flood-sentence.ts';
import { OWNER_NAMES, SLOT_OWNERS } from '../../src/view/owner-look.ts';
import { gridShape, ownerCounts, type SlotCell, type SlotGrid, slotGrid } from '../../src/view/slot-grid.ts';
import { formatSpan } from '../../src/view/time-text.ts';
import { useLab } from '../use-lab.ts';
import { useWidth } from '../use-width.ts';

interface Props {
  readonly frame: FloodFrame;
  readonly lifetime: Nanos;
  /** Keeps pattern ids of two columns apart. */
  readonly id: string;
}

export function SlotGridView({ frame, lifetime, id }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 340);
  const lab = useLab();
  const [at, setAt] = useState(-1);
  const shape = useMemo(() => gridShape(frame.capacity, width, MOST_HEIGHT), [frame.capacity, width]);
  const grid = useMemo(() => slotGrid(frame, shape, lifetime), [frame, shape, lifetime]);
  const height = shape.rows * shape.size;
  const full = frame.halfOpen >= frame.capacity;
  const move = (e: JSX.TargetedKeyboardEvent<HTMLDivElement>): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -shape.columns, ArrowDown: shape.columns }[e.key];
    if (e.key === 'Escape') setAt(-1);
    if (by === undefined) return;
    e.preventDefault();
    setAt(Math.max(0, Math.min(shape.cells - 1, at + by)));
  };
  const point = (e: JSX.TargetedPointerEvent<HTMLDivElement>): void => {
    const rect = e.currentTarget.getBoundingClientRect();
    const column = Math.floor((e.clientX - rect.left) / shape.size);
    const index = Math.floor((e.clientY - rect.top) / shape.size) * shape.columns + column;
    setAt(column < shape.columns && index >= 0 && index < shape.cells ? index : -1);
  };
  const cell = grid.cells[at];
  const slot = cell?.slot ?? null;
  useEffect(() => lab.flood.watch(id, slot), [lab, id, slot]);
  const marked = grid.cells[grid.next];
  return (
    <section class="synq" aria-label="SYN queue">
      <div class="row2">
        <h2>SYN queue, port {frame.port}</h2>
        <span class={full ? 'use full' : 'use'}>
          <b>{countText(frame.halfOpen)}</b> of {countText(frame.capacity)} {full ? 'in use: full' : 'in use'}
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing one can walk through is a group, not a fieldset */}
      <div
        class="slots"
        ref={box}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk from slot to slot
        tabIndex={0}
        aria-label={`${frameSentence(frame)} Arrow keys look at single slots.`}
        onKeyDown={move}
        onPointerMove={point}
        onPointerLeave={() => setAt(-1)}
        onBlur={() => setAt(-1)}
      >
        <svg width={shape.columns * shape.size} height={height} aria-hidden="true">
          <Cells grid={grid} id={id} />
          {marked && <path class="slot-next" d={nextMark(marked, shape.size)} />}
          {cell && <rect class="slot-at" {...square(cell, shape.size, 0)} />}
        </svg>
      </div>
      <p class="slot-line" aria-live="polite">
        {cell ? cellText(cell, grid, frame, lifetime) : usualText(grid, frame)}
      </p>
      <Legend frame={frame} id={id} />
    </section>
  );
}

/** A few paths instead of thousands of elements: a full queue of 1,200 slots draws as fast as an empty one. */
function Cells({ grid, id }: { readonly grid: SlotGrid; readonly id: string }): JSX.Element {
  const drawn = useMemo(() => cellPaths(grid), [grid]);
  return (
    <>
      <path class="slot-free" d={drawn.free} />
      <path class="slot-ground" d={drawn.ground} />
      {[...SLOT_OWNERS, 'unknown' as const].map((owner) => (
        <path key={owner} class={`slot ${owner}`} d={drawn.owners[owner] ?? ''} fill={`url(#${id}-${owner})`} />
      ))}
      <path class="slot-edge" d={drawn.ground} />
      <path class="slot-notch" d={drawn.notches} />
      <path class="slot-mine" d={drawn.followed} />
    </>
  );
}

function cellPaths(grid: SlotGrid): {
  readonly free: string;
  readonly ground: string;
  readonly notches: string;
  readonly followed: string;
  readonly owners: Readonly<Record<string, string>>;
} {
  const { size } = grid.shape;
  const gap = size > 9 ? 2 : 1;
  const edge = size - gap;
  const free: string[] = [];
  const ground: string[] = [];
  const notches: string[] = [];
  const followed: string[] = [];
  const owners: Record<string, string[]> = {};
  for (const cell of grid.cells) {
    const x = cell.column * size + gap / 2;
    const y = cell.row * size + gap / 2;
    (cell.parts.length === 0 ? free : ground).push(`M${x} ${y}h${edge}v${edge}h${-edge}z`);
    for (const part of cell.parts) {
      const y0 = round(y + edge * (1 - part.to));
      const list = owners[part.owner] ?? [];
      owners[part.owner] = list;
      list.push(`M${x} ${y0}h${edge}v${round(edge * (part.to - part.from))}h${-edge}z`);
      if (part.owner === 'followed') followed.push(`M${x} ${y}h${edge}v${edge}h${-edge}z`);
    }
    // One notch per SYN/ACK after the first, along the top edge.
    const sent = Math.min((cell.slot?.synAcks ?? 1) - 1, Math.floor((edge - 1) / 3));
    for (let i = 0; i < sent; i++) notches.push(`M${x + 1.5 + i * 3} ${y}v${size > 9 ? 4 : 2.5}`);
  }
  return {
    free: free.join(''),
    ground: ground.join(''),
    notches: notches.join(''),
    followed: followed.join(''),
    owners: Object.fromEntries(Object.entries(owners).map(([owner, list]) => [owner, list.join('')])),
  };
}

function Legend({ frame, id }: { readonly frame: FloodFrame; readonly id: string }): JSX.Element {
  const counts = useMemo(() => ownerCounts(frame), [frame]);
  return (
    <ul class="legend">
      {SLOT_OWNERS.filter((owner) => counts[owner] > 0).map((owner) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what an owner holds lights up (`linked.css`), by keyboard, too
        <li key={owner} data-owner={owner} tabIndex={0}>
          <svg class="swatch" aria-hidden="true">
            <rect class={`slot ${owner}`} x="0.5" y="0.5" width="12" height="12" fill={`url(#${id}-${owner})`} />
          </svg>
          <span>
            {OWNER_NAMES[owner]} <b>{countText(counts[owner])}</b>
          </span>
        </li>
      ))}
      {frame.halfOpen === 0 && <li class="mut">Nobody is in the queue.</li>}
    </ul>
  );
}

function cellText(cell: SlotCell, grid: SlotGrid, frame: FloodFrame, lifetime: Nanos): string {
  const { slot, index } = cell;
  if (grid.shape.per > 1) {
    const used = Math.round(cell.parts.reduce((sum, part) => sum + part.to - part.from, 0) * grid.shape.per);
    const first = index * grid.shape.per;
    return `Slots ${countText(first)} to ${countText(first + grid.shape.per - 1)}: ${used} in use`;
  }
  if (slot === null) return `Slot ${index}: free`;
  const left = Math.max(0, slot.since + lifetime - frame.t);
  const sent = `${slot.synAcks} SYN/ACK${slot.synAcks === 1 ? '' : 's'}`;
  return `Slot ${index}: ${slot.remote}, ${sent}, ${short(frame.t - slot.since)} old, ${Math.round(left / 1e9)} s left`;
}

function usualText(grid: SlotGrid, frame: FloodFrame): string {
  if (grid.next < 0) return 'An entry fills its cell and drains as its time runs out.';
  return `Marked: goes next, in ${short(Math.max(0, grid.nextAt - frame.t))} at the latest.`;
}

/** Seconds with one decimal are enough here. */
function short(ns: Nanos): string {
  return ns >= 1e9 ? `${(ns / 1e9).toFixed(1)} s` : formatSpan(Math.round(ns / 1e6) * 1e6);
}

function square(cell: SlotCell, size: number, inset: number): { x: number; y: number; width: number; height: number } {
  return {
    x: cell.column * size + inset + 0.5,
    y: cell.row * size + inset + 0.5,
    width: size - 1 - 2 * inset,
    height: size - 1 - 2 * inset,
  };
}

/** Corner brackets, like the house's mark: this one closes soon. */
function nextMark(cell: SlotCell, size: number): string {
  const x = cell.column * size;
  const y = cell.row * size;
  const arm = Math.max(2, size / 3);
  const far = size;
  return `M${x + arm} ${y}H${x}V${y + arm}M${x + far - arm} ${y}H${x + far}V${y + arm}M${x} ${y + far - arm}V${y + far}H${x + arm}M${x + far} ${y + far - arm}V${y + far}H${x + far - arm}`;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}

const MOST_HEIGHT = 216;
