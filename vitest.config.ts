import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // By itself Vitest leaves a core to itself: of two that is half, and it needs next to nothing.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: process.env.CI ? ['default', './test/closing-line.ts'] : ['default'],
  },
});
