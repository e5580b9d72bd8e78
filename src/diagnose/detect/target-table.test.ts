import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Event, TargetTable } from './target-table.ts';

const now = new Float64Array(1);

test('rows are found by their target, through all growth and culls', () => {
  const key = fc.tuple(
    fc.oneof(fc.nat(50), fc.integer({ min: 2 ** 32 - 5, max: 2 ** 32 + 40 })),
    fc.integer({ min: -1, max: 20 }),
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 3000 }), fc.nat(2 ** 31), (keys, seed) => {
      const table = new TargetTable(400, seed, now);
      const exact = new Map<string, number>();
      keys.forEach(([address, port], ts) => {
        now[0] = ts;
        let row = table.find(address, port);
        if (row < 0) {
          if (!table.hasRoom(1)) table.cull();
          row = table.add(address, port);
          exact.set(`${address} ${port}`, 0);
        }
        table.count(row, Event.Attempt);
        exact.set(`${address} ${port}`, exact.get(`${address} ${port}`)! + 1);
      });
      expect(table.rows).toBeLessThanOrEqual(400);
      for (let row = 0; row < table.rows; row++) {
        const address = table.address[row]!;
        const port = table.port[row]!;
        expect(table.find(address, port)).toBe(row);
        expect(table.read(row).attempts).toBe(exact.get(`${address} ${port}`));
      }
    }),
    { numRuns: 20 },
  );
});

test('a cull drops a quarter: the least active, of equals those that were silent longest, and none that is watched', () => {
  const table = new TargetTable(8, 1, now);
  for (let i = 0; i < 8; i++) {
    now[0] = i * 1000;
    const row = table.add(i, 80);
    for (let n = 0; n < (i === 0 ? 100 : 1); n++) table.count(row, Event.Attempt);
  }
  table.watch[table.find(1, 80)] = 0;
  expect(table.hasRoom(1)).toBe(false);
  table.cull();
  // 0 is active, 1 is watched; of the others 2 and 3 are the oldest.
  expect(table.forgotten).toBe(2);
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((i) => table.find(i, 80) >= 0)).toEqual([
    true,
    true,
    false,
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(table.watch[table.find(1, 80)]).toBe(0);
});

test('when all rows are watched, none gives way', () => {
  const table = new TargetTable(4, 1, now);
  for (let i = 0; i < 4; i++) table.watch[table.add(i, 80)] = i;
  table.cull();
  expect([table.rows, table.forgotten]).toEqual([4, 0]);
});
