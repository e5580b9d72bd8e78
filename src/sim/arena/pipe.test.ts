/** The access link against hand calculation: 40 bytes are 320 µs at 1 Mbit/s. */
import { expect, test } from 'vitest';
import { MS } from '../../tcp/types.ts';
import { Segment } from '../../wire/segment.ts';
import { stream } from '../rng.ts';
import { Pipe } from './pipe.ts';

const WIRE = 320_000;

test('packets leave one after the other, each for as long as the rate needs, and an idle link makes nobody wait', () => {
  const pipe = new Pipe({ rate: 1_000_000, delay: MS, loss: 0, queue: 10 }, stream(7, 'link'));
  for (const at of [0, 0, 0, 10 * MS]) expect(pipe.offer(at, new Segment(), -1)).toBe('sent');
  const out: number[] = [];
  for (let at = pipe.next(); at < Infinity; at = pipe.next()) {
    out.push(at);
    pipe.shift(at);
  }
  expect(out).toEqual([WIRE + MS, 2 * WIRE + MS, 3 * WIRE + MS, 10 * MS + WIRE + MS]);
});
