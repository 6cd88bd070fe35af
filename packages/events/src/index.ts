export * from './append-event.js';
export * from './bell.js';
export * from './follow-all.js';
export * from './follow-transcription.js';
export type * from './payloads.js';
export * from './wake-up.js';
