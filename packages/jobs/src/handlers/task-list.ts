import type { TaskList } from 'graphile-worker';
import { finishTranscription } from './finish-transcription.js';
import { chunkPayload, pullPayload, transcriptionPayload } from './payloads.js';
import type { Choice, HandlerDependencies } from './ports.js';
import { prepareTranscription } from './prepare-transcription.js';
import { transcribeChunk } from './transcribe-chunk.js';

/**
 * The tasks of the queue. A handler that returns has heard its bell, whatever came of it: retries and backoff are ours and ring anew. One
 * that throws met something unexpected, mostly a database that is away; the reconciler rings again.
 */
export function createTaskList<C extends Choice>(dependencies: HandlerDependencies<C>): TaskList {
  return {
    'prepare-transcription': (payload) => prepareTranscription(dependencies, transcriptionPayload.parse(payload)),
    'transcribe-chunk': (payload) => transcribeChunk(dependencies, chunkPayload.parse(payload)),
    'pull-model': (payload) => dependencies.puller.take(pullPayload.parse(payload).pullId),
    'finish-transcription': (payload) => finishTranscription(dependencies, transcriptionPayload.parse(payload)),
  };
}
