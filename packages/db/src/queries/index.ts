export * from './schema-ready.js';
