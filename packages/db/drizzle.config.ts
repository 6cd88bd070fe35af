import { defineConfig } from 'drizzle-kit';

// Run from packages/db after a build: the generator reads compiled files.
export default defineConfig({
  dialect: 'postgresql',
  schema: './dist/schema/index.js',
  out: '../../drizzle',
});
