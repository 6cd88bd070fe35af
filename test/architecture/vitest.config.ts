import { defineConfig } from 'vitest/config';

// Lets `npm run check` run these tests alone, without the database that the others share.
export default defineConfig({ test: { include: ['*.test.ts'], testTimeout: 60_000 } });
