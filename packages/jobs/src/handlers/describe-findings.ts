import type { Segment } from '@voice-transcriber/backend-sdk';
import type { chunks, StoredError, windows } from '@voice-transcriber/db';
import { checkTranscript, type TranscriptProblem } from '@voice-transcriber/transcript';
import { groupBy } from './group-by.js';

export interface Findings {
  readonly durationSeconds: number;
  readonly planned: readonly (typeof windows.$inferSelect)[];
  readonly quarantined: readonly (typeof chunks.$inferSelect)[];
  /** Merged: one track, or one for each channel that was transcribed apart. */
  readonly tracks: readonly { readonly channel: number | null; readonly segments: readonly Segment[] }[];
}

/** A person reads a few places, not a thousand. */
const PLACES_MAX = 20;

/** What a person should know about a finished transcript: no speech, gaps, and what the checks found. */
export function describeFindings(findings: Findings): StoredError[] {
  const { planned, tracks, durationSeconds } = findings;
  const committed = planned.filter(({ committedAt }) => committedAt !== null);
  const gaps = findings.quarantined.map((chunk) => describeGap(chunk, planned));
  if (tracks.every(({ segments }) => segments.length === 0) && gaps.length === 0) {
    return [{ code: 'no-speech', message: 'No speech was found in the recording, so the transcript is empty.' }];
  }
  const problems = tracks.flatMap(({ channel, segments }) => {
    const speech = committed.filter((window) => window.channel === channel);
    return checkTranscript(segments, { durationSeconds, speech }).problems;
  });
  const byCode = groupBy(problems, ({ code }) => code);
  return [...gaps, ...[...byCode].map(([code, found]) => describeProblems(code, found))];
}

function describeGap(chunk: Findings['quarantined'][number], planned: Findings['planned']): StoredError {
  const open = planned.filter(({ chunkId, committedAt }) => chunkId === chunk.id && committedAt === null);
  const startSeconds = open[0]?.startSeconds ?? chunk.startSeconds;
  const endSeconds = open.at(-1)?.endSeconds ?? chunk.endSeconds;
  return {
    code: 'gap',
    message: `Nothing could be transcribed from ${formatTime(startSeconds)} to ${formatTime(endSeconds)}: ${chunk.error?.message ?? 'unknown reason'}`,
    details: { chunkIndex: chunk.index, startSeconds, endSeconds, ...(chunk.error ? { code: chunk.error.code } : {}) },
  };
}

function describeProblems(code: string, found: readonly TranscriptProblem[]): StoredError {
  const [first] = found;
  const more = found.length > 1 ? `, and ${found.length - 1} more like it` : '';
  return {
    code,
    message: `At ${formatTime(first?.startSeconds ?? 0)}: ${first?.message ?? code}${more}.`,
    details: {
      places: found.slice(0, PLACES_MAX).map(({ startSeconds, endSeconds }) => ({ startSeconds, endSeconds })),
    },
  };
}

/** `1:02:03` */
function formatTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const minutesAndSeconds = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  return [Math.floor(whole / 3600), ...minutesAndSeconds].join(':');
}
