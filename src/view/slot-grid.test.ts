import { describe, expect, test } from 'vitest';
import type { Owner } from '../sim/arena/types.ts';
import type { FloodFrame, SlotView } from '../sim/flood-frame.ts';
import { gridShape, ownerCounts, queueHolders, slotGrid } from './slot-grid.ts';

const LIFETIME = 63e9;

describe('the shape of the grid', () => {
  test('holds every slot once, in cells as large as fit', () => {
    const shape = gridShape(129, 340, 150);
    // 20 would need 9 rows of 17: 180 high. 18 makes 18 columns and 8 rows, 144 high.
    expect(shape).toEqual({ columns: 18, rows: 8, per: 1, cells: 129, size: 18 });
    expect(shape.columns * shape.rows).toBeGreaterThanOrEqual(129);
    expect(shape.rows * shape.size).toBeLessThanOrEqual(150);
    expect(gridShape(6, 340, 150)).toMatchObject({ columns: 6, rows: 1, size: 20 });
  });

  test('puts several slots into a cell above 1,200', () => {
    expect(gridShape(1200, 340, 200).per).toBe(1);
    expect(gridShape(4097, 340, 200)).toMatchObject({ per: 4, cells: 1025 });
    expect(gridShape(1_000_000, 340, 200)).toMatchObject({ per: 834, cells: 1200, size: 7 }); // 25 rows of 48
  });
});

describe('one slot per cell', () => {
  const grid = slotGrid(
    frame(8, 20e9, [slot(0, 'silent', 0, 15e9), slot(3, 'followed', 19e9, 20e9), slot(5, 'client', 20e9, 21e9)]),
    gridShape(8, 80, 100),
    LIFETIME,
  );

  test('fills a cell as far as its entry has time left', () => {
    expect(grid.cells.map((cell) => cell.parts.map((part) => part.owner).join())).toEqual([
      'silent',
      '',
      '',
      'followed',
      '',
      'client',
      '',
      '',
    ]);
    expect(grid.cells[0]?.parts[0]?.to).toBeCloseTo((63 - 20) / 63);
    expect(grid.cells[5]?.parts[0]?.to).toBe(1);
  });

  test('marks the entry that goes first', () => {
    expect(grid.next).toBe(0);
    expect(grid.nextAt).toBe(LIFETIME);
    expect(slotGrid(frame(8, 0, []), gridShape(8, 80, 100), LIFETIME).next).toBe(-1);
  });
});

test('shared cells stack their owners, and what is not listed follows behind', () => {
  const shape = gridShape(2400, 340, 200);
  expect(shape.per).toBe(2);
  const full = { ...frame(2400, 0, [slot(0, 'silent', 0, 1e9), slot(1, 'client', 0, 1e9), slot(2, 'bot', 0, 1e9)]) };
  const grid = slotGrid({ ...full, halfOpen: 6 }, shape, LIFETIME);
  expect(grid.cells[0]?.parts).toEqual([
    { owner: 'silent', from: 0, to: 0.5 },
    { owner: 'client', from: 0.5, to: 1 },
  ]);
  expect(grid.cells[1]?.parts).toEqual([
    { owner: 'bot', from: 0, to: 0.5 },
    { owner: 'unknown', from: 0.5, to: 1 },
  ]);
  expect(grid.cells[2]?.parts).toEqual([{ owner: 'unknown', from: 0, to: 1 }]);
  expect(grid.cells[3]?.parts).toEqual([]);
});

test('owners are counted by kind; a server or C&C host counts as a bot', () => {
  expect(ownerCounts(frame(8, 0, [slot(0, 'c2', 0, 1), slot(1, 'silent', 0, 1), slot(2, 'silent', 0, 1)]))).toEqual({
    silent: 2,
    live: 0,
    bot: 1,
    client: 0,
    followed: 0,
  });
});

test('the queue as a table: entries, age of the oldest, SYN/ACKs of each kind', () => {
  const slots = [
    slot(0, 'silent', 0, 15e9),
    { ...slot(1, 'silent', 5e9, 8e9), synAcks: 3 },
    slot(2, 'client', 19e9, 20e9),
  ];
  expect(queueHolders(frame(8, 20e9, slots))).toEqual([
    { owner: 'silent', entries: 2, oldest: 20e9, synAcks: 4 },
    { owner: 'client', entries: 1, oldest: 1e9, synAcks: 1 },
  ]);
  expect(queueHolders(frame(8, 0, []))).toEqual([]);
});

function slot(row: number, owner: Owner, since: number, firesAt: number): SlotView {
  return { slot: row, owner, remote: '198.18.0.1', remotePort: 1024 + row, since, firesAt, synAcks: 1 };
}

function frame(capacity: number, t: number, slots: readonly SlotView[]): FloodFrame {
  return {
    t,
    port: 80,
    backlog: capacity - 1,
    capacity,
    halfOpen: slots.length,
    slots,
    acceptQueue: 0,
    acceptCapacity: capacity,
    established: 0,
    counters: {},
    bots: [],
  };
}
