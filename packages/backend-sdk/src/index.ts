export * from './backend.js';
export * from './errors.js';
export * from './model.js';
export * from './speech-inside.js';
export * from './transcribe.js';
