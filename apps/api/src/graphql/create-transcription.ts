import type { TranscriptionSummary } from '@voice-transcriber/db';
import { createTranscription, findByIdempotencyKey, MediaGoneError } from '@voice-transcriber/jobs';
import { checkCandidate } from '../intake/check-candidate.js';
import { checkOptions } from '../intake/check-options.js';
import { builder } from './builder.js';
import { invalidInput, InvalidInputError } from './invalid-input-error.js';
import { TranscriptionPriorityEnum, TranscriptionTaskEnum } from './transcription-enums.js';
import { Transcription } from './transcription-ref.js';
import { settleSource, TranscriptionSourceInput } from './transcription-source.js';
import { UploadError } from './upload-error.js';

interface CreateResult {
  readonly __typename: 'CreateTranscriptionPayload';
  readonly existing: boolean;
  readonly transcription: TranscriptionSummary;
}

const CreateTranscriptionPayload = builder.objectRef<CreateResult>('CreateTranscriptionPayload').implement({
  fields: (t) => ({
    existing: t.exposeBoolean('existing'),
    transcription: t.expose('transcription', { type: Transcription }),
  }),
});

const CreateTranscriptionResult = builder.unionType('CreateTranscriptionResult', {
  types: [CreateTranscriptionPayload, InvalidInputError, UploadError],
  resolveType: ({ __typename }) => __typename,
});

const CreateTranscriptionInput = builder.inputType('CreateTranscriptionInput', {
  fields: (t) => ({
    backend: t.string(),
    device: t.string(),
    file: t.field({ type: 'Upload', deprecationReason: 'Use source.upload.' }),
    idempotencyKey: t.string(),
    language: t.string(),
    model: t.string(),
    priority: t.field({ type: TranscriptionPriorityEnum, defaultValue: 'normal' }),
    prompt: t.string(),
    source: t.field({ type: TranscriptionSourceInput }),
    task: t.field({ type: TranscriptionTaskEnum, defaultValue: 'transcribe' }),
    wordTimes: t.boolean({ defaultValue: true }),
  }),
});

builder.mutationField('createTranscription', (t) =>
  t.field({
    type: CreateTranscriptionResult,
    authScopes: { write: true },
    args: { input: t.arg({ type: CreateTranscriptionInput, required: true }) },
    resolve: async (_parent, { input }, { services, viewer, signal }) => {
      const { config, db, storage, modelStore } = services;
      const asked = {
        model: input.model ?? undefined,
        backend: input.backend ?? undefined,
        device: input.device ?? undefined,
        language: input.language ?? undefined,
        task: input.task ?? 'transcribe',
        prompt: input.prompt ?? undefined,
        idempotencyKey: input.idempotencyKey ?? undefined,
      };
      const refusal =
        (await checkOptions(asked, { modelStore, defaultModel: config.inference.defaultModel })) ??
        (await checkCandidate(db.orm, asked));
      if (refusal !== undefined) return invalidInput(refusal.field, refusal.message);
      const source = await settleSource(input, { services, viewer, signal });
      if ('field' in source) return invalidInput(source.field, source.message);

      const { apiKeyId } = viewer;
      const idempotencyKey = asked.idempotencyKey ?? source.idempotencyKey;
      if (apiKeyId !== undefined && idempotencyKey !== undefined) {
        const known = await findByIdempotencyKey(db, { apiKeyId, idempotencyKey });
        if (known !== undefined) {
          await source.discard();
          return { __typename: 'CreateTranscriptionPayload' as const, existing: true, transcription: known };
        }
      }

      const received = await source.receive();
      if (!received.ok) return received.failure;

      const { media } = received;
      try {
        const created = await createTranscription(db, {
          media,
          apiKeyId,
          options: {
            task: asked.task,
            wordTimes: input.wordTimes ?? true,
            ...(asked.language !== undefined && { language: asked.language }),
            ...(asked.prompt !== undefined && { prompt: asked.prompt }),
          },
          requestedModel: asked.model,
          requestedBackend: asked.backend,
          requestedDevice: asked.device,
          priority: input.priority ?? 'normal',
          idempotencyKey,
        });
        if (created.unusedStorageKey !== undefined) await storage.delete(created.unusedStorageKey);
        await source.finish();
        return {
          __typename: 'CreateTranscriptionPayload' as const,
          existing: created.existing,
          transcription: created.transcription,
        };
      } catch (error) {
        if (error instanceof MediaGoneError) return invalidInput('source.mediaId', error.message);
        // The transaction may have been committed although its answer was lost: clean-up removes the blob if no row names it.
        services.logger.warn({ error, media }, 'An upload was stored but could not be registered');
        throw error;
      }
    },
  }),
);
