/**
 * Event queue operations per second: the hold model (take the earliest event, schedule another a random time later) with
 * 100,000 events pending. Target: 3 million dispatched events per second on one core.
 */
import { EventQueue, stream } from '../dist/sim.js';

const PENDING = 100_000;
const EVENTS = 6_000_000;

const rng = stream(1, 'bench');
// Delays prepared ahead: the clock should measure the queue, not the random numbers.
const delays = new Float64Array(1 << 16);
for (let i = 0; i < delays.length; i++) delays[i] = 1 + rng.below(80_000_000);

const queue = new EventQueue(PENDING);
for (let i = 0; i < PENDING; i++) queue.push(delays[i & 0xffff], i);

let best = 0;
for (let round = 0; round < 4; round++) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < EVENTS / 4; i++) {
    queue.pop();
    queue.push(queue.time + delays[i & 0xffff], queue.event);
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  best = Math.max(best, EVENTS / 4 / seconds);
}
console.log(`event-queue: ${(best / 1e6).toFixed(2)} million dispatched events/s with ${PENDING} pending`);
