import { describe, expect, test } from 'vitest';
import { SendQueue } from './send-queue.ts';

/** Near the wrap on purpose. */
const FIRST = 0xffffff00;
const at = (n: number): number => (FIRST + n) >>> 0;

/** Pieces of these lengths one behind the other. */
function queueOf(...lengths: readonly number[]): SendQueue {
  const queue = new SendQueue(FIRST);
  let seq = FIRST;
  for (const length of lengths) {
    const piece = queue.add(seq);
    seq = (seq + length) >>> 0;
    piece.end = seq;
  }
  return queue;
}

function pieces(queue: SendQueue, end: number): string[] {
  const found: string[] = [];
  for (let n = 0; n < end; ) {
    const piece = queue.at(at(n));
    if (piece === undefined) break;
    found.push(`${piece.length}${piece.push ? ' push' : ''}${piece.whole ? ' whole' : ''}`);
    n += piece.length;
  }
  return found;
}

test('a byte is found in the piece that holds it, and not behind the last', () => {
  const queue = queueOf(100, 300, 50);
  expect(queue.at(at(0))?.length).toBe(100);
  expect(queue.at(at(99))?.length).toBe(100);
  expect(queue.at(at(100))?.length).toBe(300);
  expect(queue.at(at(449))?.length).toBe(50);
  expect(queue.at(at(450))).toBeUndefined();
});

test('a piece takes 832 bytes besides its own, as measured on Linux 6.18, until all of it is acknowledged', () => {
  const queue = queueOf(1000, 2000);
  expect(queue.memory(3000)).toBe(3000 + 2 * 832);
  queue.acknowledge(at(500));
  expect(queue.memory(2500)).toBe(2500 + 2 * 832);
  queue.acknowledge(at(1000));
  expect(queue.memory(2000)).toBe(2000 + 832);
  queue.acknowledge(at(3000));
  expect(queue.memory(0)).toBe(0);
  expect(queue.last).toBeUndefined();
});

describe('cutting', () => {
  test('what was sent and what was not become two pieces; marks go with the end', () => {
    const queue = queueOf(5000);
    queue.last!.push = true;
    queue.last!.whole = true;
    queue.cut(at(2000));
    expect(pieces(queue, 5000)).toEqual(['2000', '3000 push whole']);
  });

  test('at an edge there is nothing to cut', () => {
    const queue = queueOf(1000, 1000);
    for (const where of [0, 1000, 2000]) queue.cut(at(where));
    expect(pieces(queue, 2000)).toEqual(['1000', '1000']);
  });
});

test('PSH stands at the end of a marked piece and nowhere else', () => {
  const queue = queueOf(1000, 1000);
  queue.at(at(0))!.push = true;
  expect([500, 1000, 1500, 2000].map((end) => queue.pushes(at(end)))).toEqual([false, true, false, false]);
});

describe('sending again', () => {
  test('of a large piece as much as a segment holds', () => {
    const queue = queueOf(5000);
    expect(queue.repeatable(at(0), 1000, at(5000))).toBe(1000);
    expect(queue.repeatable(at(4500), 1000, at(5000))).toBe(500);
  });

  test('small neighbours are joined, marks and all', () => {
    const queue = queueOf(200, 300, 400, 500);
    queue.at(at(200))!.push = true;
    expect(queue.repeatable(at(0), 1000, at(1400))).toBe(900);
    expect(pieces(queue, 1400)).toEqual(['900 push', '500']);
  });

  test('but not those not sent yet', () => {
    expect(queueOf(200, 300, 400).repeatable(at(0), 1000, at(500))).toBe(500);
  });

  test('nor across the end of a record', () => {
    const queue = queueOf(200, 300, 400);
    queue.at(at(200))!.whole = true;
    expect(queue.repeatable(at(0), 1000, at(900))).toBe(500);
    expect(pieces(queue, 900)).toEqual(['500 whole', '400']);
    expect(queue.repeatable(at(0), 1000, at(900))).toBe(500);
  });
});
