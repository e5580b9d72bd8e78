/**
 * The SYN queue as a grid of cells: one slot each, or the same number of slots each when there are very many. A slot keeps
 * its cell while it lives, so that an eye can rest on it.
 */
import type { FloodFrame, SlotView } from '../sim/flood-frame.ts';
import type { Nanos } from '../tcp/types.ts';
import { SLOT_OWNERS, type SlotOwner, slotOwner } from './owner-look.ts';

export interface GridShape {
  readonly columns: number;
  readonly rows: number;
  /** Slots per cell. */
  readonly per: number;
  readonly cells: number;
  /** Edge of a cell, in the unit of the width. */
  readonly size: number;
}

export interface CellPart {
  /** `unknown`: in use, but beyond the slots that a frame lists. */
  readonly owner: SlotOwner | 'unknown';
  /** Of the cell's height, from the bottom. With one slot per cell this is the time it has left. */
  readonly from: number;
  readonly to: number;
}

export interface SlotCell {
  readonly index: number;
  readonly column: number;
  readonly row: number;
  /** Empty = free. */
  readonly parts: readonly CellPart[];
  /** The entry, with one slot per cell. */
  readonly slot: SlotView | null;
}

export interface SlotGrid {
  readonly shape: GridShape;
  readonly cells: readonly SlotCell[];
  /** Cell of the entry that gives up its place first, if nothing else frees it; -1 = none. */
  readonly next: number;
  /** When that is at the latest. */
  readonly nextAt: Nanos;
}

/** More cells than this are no longer told apart. */
const MOST_CELLS = 1200;

/** Square cells, as large as fit into `width` by `height`, 6 to 20 in size. */
export function gridShape(capacity: number, width: number, height: number): GridShape {
  const per = Math.max(1, Math.ceil(capacity / MOST_CELLS));
  const cells = Math.max(1, Math.ceil(capacity / per));
  for (let size = LARGEST; ; size--) {
    const columns = Math.max(1, Math.min(cells, Math.floor(width / size)));
    const rows = Math.ceil(cells / columns);
    if (rows * size <= height || size <= SMALLEST) return { columns, rows, per, cells, size };
  }
}

const LARGEST = 20;
const SMALLEST = 6;

/** `lifetime`: from its SYN to the end of an entry that nobody answers. */
export function slotGrid(frame: FloodFrame, shape: GridShape, lifetime: Nanos): SlotGrid {
  const next = firstToExpire(frame, lifetime);
  const cells = shape.per === 1 ? singleCells(frame, shape, lifetime) : sharedCells(frame, shape);
  return {
    shape,
    cells,
    next: next === null ? -1 : Math.min(shape.cells - 1, Math.floor(next.slot / shape.per)),
    nextAt: next === null ? Number.POSITIVE_INFINITY : expiry(next, lifetime),
  };
}

/** How many entries each kind of owner has, of those a frame lists. */
export function ownerCounts(frame: FloodFrame): Record<SlotOwner, number> {
  const counts: Record<SlotOwner, number> = { silent: 0, live: 0, bot: 0, client: 0, followed: 0 };
  for (const slot of frame.slots) counts[slotOwner(slot.owner)]++;
  return counts;
}

export interface QueueHolder {
  readonly owner: SlotOwner;
  readonly entries: number;
  /** Age of its oldest entry. */
  readonly oldest: Nanos;
  /** For all its entries together. */
  readonly synAcks: number;
}

/** The same as the grid, as a table: each kind of owner that is in the queue, of the slots a frame lists. */
export function queueHolders(frame: FloodFrame): readonly QueueHolder[] {
  return SLOT_OWNERS.map((owner) => {
    const own = frame.slots.filter((slot) => slotOwner(slot.owner) === owner);
    return {
      owner,
      entries: own.length,
      oldest: own.reduce((most, slot) => Math.max(most, frame.t - slot.since), 0),
      synAcks: own.reduce((sum, slot) => sum + slot.synAcks, 0),
    };
  }).filter((row) => row.entries > 0);
}

function singleCells(frame: FloodFrame, shape: GridShape, lifetime: Nanos): SlotCell[] {
  const bySlot = new Map(frame.slots.map((slot) => [slot.slot, slot]));
  return Array.from({ length: shape.cells }, (_, index) => {
    const slot = bySlot.get(index) ?? null;
    const left = slot === null ? 0 : (expiry(slot, lifetime) - frame.t) / lifetime;
    const parts: CellPart[] =
      slot === null ? [] : [{ owner: slotOwner(slot.owner), from: 0, to: Math.max(LEAST_LEFT, Math.min(1, left)) }];
    return { ...placeOf(index, shape), parts, slot };
  });
}

/** An entry in its last moments is still an entry: this much of its cell stays filled. */
const LEAST_LEFT = 0.12;

function sharedCells(frame: FloodFrame, shape: GridShape): SlotCell[] {
  const kinds = SLOT_OWNERS.length;
  const counts = new Uint32Array(shape.cells * kinds);
  for (const slot of frame.slots) {
    const at = Math.floor(slot.slot / shape.per) * kinds + SLOT_OWNERS.indexOf(slotOwner(slot.owner));
    if (at < counts.length) counts[at]! += 1;
  }
  const cells: SlotCell[] = [];
  let unknown = frame.halfOpen - frame.slots.length;
  for (let index = 0; index < shape.cells; index++) {
    const parts: CellPart[] = [];
    let used = 0;
    for (const [i, owner] of SLOT_OWNERS.entries()) {
      const count = counts[index * kinds + i]!;
      if (count > 0) parts.push({ owner, from: used / shape.per, to: (used + count) / shape.per });
      used += count;
    }
    // Rows are taken from the lowest free one up: what a frame does not list follows behind what it does.
    const more = Math.min(unknown, shape.per - used);
    if (more > 0) parts.push({ owner: 'unknown', from: used / shape.per, to: (used + more) / shape.per });
    unknown -= Math.max(0, more);
    cells.push({ ...placeOf(index, shape), parts, slot: null });
  }
  return cells;
}

function placeOf(index: number, shape: GridShape): { index: number; column: number; row: number } {
  return { index, column: index % shape.columns, row: Math.floor(index / shape.columns) };
}

function firstToExpire(frame: FloodFrame, lifetime: Nanos): SlotView | null {
  let first: SlotView | null = null;
  for (const slot of frame.slots) {
    if (first === null || expiry(slot, lifetime) < expiry(first, lifetime)) first = slot;
  }
  return first;
}

/** An entry whose timer is still to fire lives at least until then. */
function expiry(slot: SlotView, lifetime: Nanos): Nanos {
  const end = slot.since + lifetime;
  return Number.isFinite(slot.firesAt) ? Math.max(end, slot.firesAt) : end;
}
