import type { Plan } from './plan-transcription.js';

/** One plan for channels that are transcribed apart: their chunks in order of time, numbered anew, each window with its channel. */
export function mergePlans(plans: readonly Plan[]): Plan {
  const chunks = plans
    .flatMap(({ chunks: planned }, channel) => planned.map((chunk) => ({ chunk, channel })))
    .sort((left, right) => left.chunk.startSeconds - right.chunk.startSeconds || left.channel - right.channel);
  let windowIndex = 0;
  return {
    chunks: chunks.map(({ chunk, channel }, index) => ({
      ...chunk,
      index,
      windows: chunk.windows.map((window) => ({ ...window, index: windowIndex++, channel })),
    })),
  };
}
