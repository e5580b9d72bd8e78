/** The table against a slow and obvious one: a Map for the keys, arrays for the lists. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntryTable } from './entry-table.ts';

const secret = Uint32Array.of(1, 2, 3, 4);
const LISTS = 3;
const CAPACITY = 40;

interface Entry {
  readonly key: string;
  readonly row: number;
  since: number;
  mark: number;
}

describe('entry table', () => {
  test('does what a Map and arrays do', () => {
    const address = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 2 ** 32, 2 ** 32 + 1, 2 ** 33 - 1);
    const step = fc.record({
      remote: address,
      local: address,
      port: fc.constantFrom(0, 1, 65535),
      localPort: fc.constantFrom(0, 80, 65535),
      list: fc.nat({ max: LISTS - 1 }),
      act: fc.constantFrom('insert', 'insert', 'move', 'remove', 'oldest'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const table = new EntryTable(CAPACITY, LISTS, 2, secret);
        const byKey = new Map<string, Entry>();
        const lists: Entry[][] = [[], [], []];
        const listOf = (entry: Entry): Entry[] => lists.find((list) => list.includes(entry)) ?? [];
        const drop = (entry: Entry): void => {
          const list = listOf(entry);
          list.splice(list.indexOf(entry), 1);
        };
        for (const [now, s] of steps.entries()) {
          const key = [s.remote, s.port, s.local, s.localPort].join(' ');
          const known = byKey.get(key);
          const row = table.find(s.remote, s.port, s.local, s.localPort);
          expect(row).toBe(known?.row ?? -1);
          if (s.act === 'insert' && known === undefined && !table.full) {
            const fresh = table.insert(s.remote, s.port, s.local, s.localPort, s.list, now);
            expect([...table.ints.subarray(fresh * 2, fresh * 2 + 2), table.value[fresh]]).toEqual([0, 0, 0]);
            table.ints[fresh * 2 + 1] = now;
            table.value[fresh] = now;
            const entry = { key, row: fresh, since: now, mark: now };
            byKey.set(key, entry);
            lists[s.list]!.push(entry);
          } else if (s.act === 'move' && known !== undefined) {
            table.move(row, s.list, now);
            drop(known);
            known.since = now;
            lists[s.list]!.push(known);
          } else if (s.act === 'remove' && known !== undefined) {
            table.remove(row);
            drop(known);
            byKey.delete(key);
          } else if (s.act === 'oldest' && lists[s.list]!.length > 0) {
            const entry = lists[s.list]!.shift()!;
            expect(table.oldest(s.list)).toBe(entry.row);
            table.remove(entry.row);
            byKey.delete(entry.key);
          }
          expect(table.length).toBe(byKey.size);
          expect(table.full).toBe(byKey.size === CAPACITY);
          for (const [i, list] of lists.entries()) {
            expect(table.count(i)).toBe(list.length);
            expect(table.oldest(i)).toBe(list[0]?.row ?? -1);
            expect(table.due(i, 10)).toBe((list[0]?.since ?? Infinity) + 10);
          }
        }
        for (const { key, row, since, mark } of byKey.values()) {
          const read = [table.remote(row), table.remotePort(row), table.local(row), table.localPort(row)];
          expect(read.join(' ')).toBe(key);
          expect([table.since(row), table.ints[row * 2 + 1], table.value[row]]).toEqual([since, mark, mark]);
        }
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  test('holds its capacity and refuses one more', () => {
    const table = new EntryTable(1000, 1, 1, secret);
    for (let i = 0; i < 1000; i++) table.insert(i, 0, 0, 0, 0, i);
    expect([table.length, table.full, table.oldest(0)]).toEqual([1000, true, table.find(0, 0, 0, 0)]);
    expect(() => table.insert(1000, 0, 0, 0, 0, 1)).toThrow('evict first');
    table.remove(table.oldest(0));
    expect(table.insert(1000, 0, 0, 0, 0, 1000)).toBeGreaterThanOrEqual(0);
    expect(table.rows).toBe(1000);
  });
});
