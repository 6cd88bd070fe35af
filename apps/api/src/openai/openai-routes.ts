import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findMedia, listSegments, type TranscriptionSummary } from '@voice-transcriber/db';
import { cancelTranscription, createTranscription } from '@voice-transcriber/jobs';
import type { Viewer } from '../access/viewer.js';
import type { Services } from '../graphql/context.js';
import { assertScope, authenticate, credentialsOf } from '../http/authentication.js';
import { leaveBodyAfterAnswer } from '../http/leave-body.js';
import { assertDiskHasRoom, assertLengthAllowed } from '../http/multipart-operation.js';
import { assertOwnOrigin } from '../http/origins.js';
import { watchForStall } from '../http/stall-watch.js';
import type { UploadSlots } from '../http/upload-slots.js';
import { checkOptions } from '../intake/check-options.js';
import { receiveRecording } from '../intake/receive-recording.js';
import { inUploadSpan } from '../intake/upload-span.js';
import { waitForEnd } from './follow-text.js';
import { describeModel } from './model-list.js';
import { fromUploadFailure, OpenAiProblem, sendOpenAiProblem } from './openai-problem.js';
import { parseOptions, type SpeechOptions } from './parse-options.js';
import { readForm } from './read-form.js';
import { streamAnswer } from './stream-answer.js';
import { writeAnswer } from './write-answer.js';

export interface OpenAiRouteOptions {
  readonly services: Services;
  readonly slots: UploadSlots;
  readonly isAllowedOrigin: (origin: string) => boolean;
}

type Task = 'transcribe' | 'translate';

/**
 * The routes that tools for OpenAI's speech API speak: the same queue, at high priority, and the answer when the transcript is there. A client that goes away
 * cancels its work. Errors have OpenAI's envelope.
 */
export async function registerOpenAiRoutes(app: FastifyInstance, options: OpenAiRouteOptions): Promise<void> {
  await app.register(
    (scope, _scopeOptions, done) => {
      const { services, isAllowedOrigin } = options;
      scope.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
        if (error.statusCode === undefined || error.statusCode >= 500) request.log.error({ error }, 'A request failed');
        return sendOpenAiProblem(error, reply);
      });
      const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
        if (request.method === 'POST') leaveBodyAfterAnswer(request.raw, reply.raw);
        assertOwnOrigin(request, isAllowedOrigin);
        request.viewer = await authenticate(credentialsOf(request), services.access);
      };
      for (const [path, task] of [
        ['/audio/transcriptions', 'transcribe'],
        ['/audio/translations', 'translate'],
      ] as const) {
        scope.post(path, { onRequest }, (request, reply) => hear(request, reply, { ...options, task }));
      }
      scope.get('/models', { onRequest }, async () => ({
        object: 'list',
        data: (await services.modelStore.list()).map(describeModel),
      }));
      scope.get<{ Params: { id: string } }>('/models/:id', { onRequest }, async ({ params }) => {
        const model = await services.modelStore.find(params.id);
        if (model === undefined) throw modelNotFound(`The model "${params.id}" is not installed here.`);
        return describeModel(model);
      });
      done();
    },
    { prefix: '/v1' },
  );
}

async function hear(
  request: FastifyRequest,
  reply: FastifyReply,
  { services, slots, task }: OpenAiRouteOptions & { readonly task: Task },
): Promise<FastifyReply> {
  const viewer = request.viewer as Viewer;
  assertScope(viewer, 'write');
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort('upload-aborted'));
  const parent = headerOf(request, 'traceparent');
  const { options, transcription } = await inUploadSpan({ parent, way: 'openai' }, (traceParent) =>
    accept(request, { services, slots, task, viewer, gone, traceParent }),
  );
  const followed = { id: transcription.id, signal: gone.signal };
  const cancelWhenGone = (): void => {
    if (!reply.raw.writableFinished) void cancel(services, transcription.id);
  };
  reply.raw.once('close', cancelWhenGone);
  if (gone.signal.aborted) cancelWhenGone();
  if (options.stream) {
    reply.hijack();
    await streamAnswer(reply.raw, services, followed);
    return reply;
  }
  const ended = await waitForEnd(services, followed);
  const [media] = await findMedia(services.db.orm, { ids: [ended.mediaId] });
  if (media === undefined)
    throw new OpenAiProblem(409, 'cancelled', 'The recording was deleted while you waited for it.');
  const segments = await listSegments(services.db.orm, { transcriptionId: ended.id });
  const { contentType, body } = writeAnswer({ transcription: ended, media, segments }, options);
  return reply.header('x-transcription-id', ended.id).type(contentType).send(body);
}

interface Acceptance {
  readonly services: Services;
  readonly slots: UploadSlots;
  readonly task: Task;
  readonly viewer: Viewer;
  readonly gone: AbortController;
  readonly traceParent: string | undefined;
}

/** Takes the file in while it arrives, checks what was asked for, and puts the work into the queue. */
async function accept(
  request: FastifyRequest,
  { services, slots, task, viewer, gone, traceParent }: Acceptance,
): Promise<{ readonly options: SpeechOptions; readonly transcription: Pick<TranscriptionSummary, 'id'> }> {
  const { config, db, storage, modelStore, findTools, metrics } = services;
  const { fileBytesMax } = config.upload;
  assertLengthAllowed(request.raw, { fileBytesMax, limitVariable: 'MAX_FILE_SIZE' });
  const giveBack = slots.take();
  const stopWatching = watchForStall(request.raw.socket, config.upload, () => request.raw.destroy());
  try {
    assertDiskHasRoom(request.raw, { freeBytes: await storage.freeBytes() });
    const { fields, recording } = await readForm(request.raw, {
      fileBytesMax,
      receive: (source) =>
        receiveRecording(Promise.resolve(source), {
          storage,
          findTools,
          fileBytesMax,
          signal: gone.signal,
          way: 'openai',
          metrics,
        }),
    });
    if (!recording.ok) throw fromUploadFailure(recording.failure);
    const { media } = recording;
    try {
      const options = parseOptions(fields);
      const { model, language, prompt } = options;
      const idempotencyKey = headerOf(request, 'idempotency-key');
      const refusal = await checkOptions(
        { model, language, prompt, task, idempotencyKey },
        { modelStore, defaultModel: config.inference.defaultModel },
      );
      if (refusal?.field === 'model') throw modelNotFound(refusal.message);
      if (refusal !== undefined) {
        throw new OpenAiProblem(400, 'input-invalid', refusal.message, { param: refusal.field });
      }
      const created = await createTranscription(db, {
        media,
        apiKeyId: viewer.apiKeyId,
        options: {
          task,
          wordTimes: true,
          ...(language !== undefined && { language }),
          ...(prompt !== undefined && { prompt }),
        },
        requestedModel: model,
        priority: 'high',
        idempotencyKey,
        traceParent,
      });
      if (created.unusedStorageKey !== undefined) await storage.delete(created.unusedStorageKey);
      return { options, transcription: created.transcription };
    } catch (error) {
      if (error instanceof OpenAiProblem) await storage.delete(media.storageKey);
      throw error;
    }
  } finally {
    stopWatching();
    giveBack();
  }
}

async function cancel({ db, logger }: Services, id: string): Promise<void> {
  try {
    await cancelTranscription(db, { id });
  } catch (error) {
    logger.warn({ error, id }, 'A client went away and its transcription could not be cancelled');
  }
}

function modelNotFound(message: string): OpenAiProblem {
  return new OpenAiProblem(404, 'model_not_found', message, { param: 'model' });
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
