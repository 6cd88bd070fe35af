import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Starts the database cluster that tests share, once for both projects.
const globalSetup = existsSync(new URL('test/global-setup.ts', import.meta.url)) ? ['test/global-setup.ts'] : [];

export default defineConfig({
  test: {
    globalSetup,
    teardownTimeout: 60_000,
    // Modules under test are the compiled ones of other packages and the sources of their own.
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'backends/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          // These measure latencies and keep both cores busy: one file at a time.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
