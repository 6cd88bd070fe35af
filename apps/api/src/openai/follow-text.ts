import { findTranscriptionSummaries, listSegmentsOfWindows, type TranscriptionSummary } from '@voice-transcriber/db';
import { followTranscription } from '@voice-transcriber/events';
import { joinText } from '@voice-transcriber/transcript';
import type { Services } from '../graphql/context.js';
import { OpenAiProblem } from './openai-problem.js';

interface FollowedTranscription {
  readonly id: string;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** Waits for the end. Throws OpenAiProblem when there will be no transcript. */
export async function waitForEnd(
  { db, bell }: Services,
  { id, signal }: FollowedTranscription,
): Promise<TranscriptionSummary> {
  for await (const _event of followTranscription({ db, bell }, { transcriptionId: id, afterSeq: 0, signal }));
  signal.throwIfAborted();
  const [transcription] = await findTranscriptionSummaries(db.orm, { ids: [id] });
  if (transcription?.state === 'completed' || transcription?.state === 'partial') return transcription;
  throw failureOf(transcription);
}

/**
 * Pieces of the text in reading order, each as soon as everything before it is there: windows may be finished in another order. A piece begins with the space
 * that separates it from what was said before.
 */
export async function* followText(
  { db, bell }: Services,
  { id, signal }: FollowedTranscription,
): AsyncGenerator<string, void, undefined> {
  const finished = new Set<number>();
  let nextWindow = 0;
  let text = '';
  for await (const { type, payload } of followTranscription(
    { db, bell },
    { transcriptionId: id, afterSeq: 0, signal },
  )) {
    if (type !== 'segments-appended') continue;
    for (const windowIndex of payload.windowIndexes) finished.add(windowIndex);
    const ready: number[] = [];
    while (finished.delete(nextWindow)) ready.push(nextWindow++);
    const segments = await listSegmentsOfWindows(db.orm, { transcriptionId: id, windowIndexes: ready });
    const longer = joinText([{ text }, ...segments]);
    if (longer.length > text.length) yield longer.slice(text.length);
    text = longer;
  }
}

function failureOf(transcription: TranscriptionSummary | undefined): OpenAiProblem {
  if (transcription === undefined || transcription.state === 'cancelled') {
    return new OpenAiProblem(409, 'cancelled', 'The transcription was cancelled or deleted while you waited for it.');
  }
  const { code, message } = transcription.error ?? { code: 'internal-error', message: 'The transcription failed.' };
  const isTheFile = code.startsWith('file-') || code === 'decode-failed' || code === 'audio-too-long';
  return new OpenAiProblem(isTheFile ? 400 : 500, code, message, isTheFile ? { param: 'file' } : {});
}
