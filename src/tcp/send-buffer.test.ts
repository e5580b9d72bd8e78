import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SendBuffer } from './send-buffer.ts';

test('is a queue of bytes with a limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.nat(3000)), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5000 }),
      (steps, limit) => {
        const buffer = new SendBuffer();
        let oracle: number[] = [];
        for (const step of steps) {
          if (typeof step === 'number') {
            const n = Math.min(step, oracle.length);
            buffer.drop(n);
            oracle = oracle.slice(n);
          } else {
            const taken = buffer.write(step, limit);
            expect(taken).toBe(Math.min(step.length, limit - oracle.length));
            oracle.push(...step.subarray(0, taken));
          }
          expect([...buffer.bytes.subarray(buffer.at(0), buffer.at(buffer.length))]).toEqual(oracle);
        }
      },
    ),
  );
});
