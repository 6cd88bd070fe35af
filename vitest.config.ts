import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Starts the database cluster that tests share, once for all projects.
const globalSetup = existsSync(new URL('test/global-setup.ts', import.meta.url)) ? ['test/global-setup.ts'] : [];

/** Files that run alone: they compare times or memory with bounds, or an engine in them keeps both cores busy by itself. */
const SERIAL = [
  'test/chaos/**/*.test.ts',
  'test/inference/{continuous-batching,host-processes,three-jobs,transcript-accuracy,word-times}.test.ts',
  'test/inference/{onnxruntime,smart-whisper,whisper}-*.test.ts',
  'test/api/full-disk.test.ts',
  'test/api/limits.test.ts',
  'test/api/subscriptions.test.ts',
  'test/audio/constant-memory.test.ts',
  'test/audio/prepare-process.test.ts',
  'test/jobs/events.test.ts',
];

const TIMEOUTS = { testTimeout: 300_000, hookTimeout: 300_000 };

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
          exclude: ['**/node_modules/**', ...SERIAL],
          // They wait for processes and for the database more than they compute, so two fill two cores.
          maxWorkers: 2,
          ...TIMEOUTS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'serial',
          include: SERIAL,
          fileParallelism: false,
          ...TIMEOUTS,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
