export * from './add-extensions.js';
export * from './client.js';
export * from './migrate.js';
export * from './migration-state.js';
export * from './schema/index.js';
export * from './queries/index.js';
