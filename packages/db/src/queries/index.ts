export * from './schema-ready.js';
export * from './api-keys.js';
export * from './media-reads.js';
export * from './sessions.js';
export * from './shared-secret.js';
export * from './system-reads.js';
export * from './transcript-reads.js';
export * from './transcription-lists.js';
