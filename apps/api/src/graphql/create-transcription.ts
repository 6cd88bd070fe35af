import { findPresets, type Orm, type StoredPreset, type TranscriptionSummary } from '@voice-transcriber/db';
import { createTranscription, findByIdempotencyKey, MediaGoneError } from '@voice-transcriber/jobs';
import { checkCandidate } from '../intake/check-candidate.js';
import { checkOptions } from '../intake/check-options.js';
import { inUploadSpan } from '../intake/upload-span.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { decodeRowId } from './global-id.js';
import { invalidInput, InvalidInputError } from './invalid-input-error.js';
import { ChannelModeEnum, TranscriptionPriorityEnum, TranscriptionTaskEnum } from './transcription-enums.js';
import { Transcription } from './transcription-ref.js';
import { settleSource, sourceKindOf, TranscriptionSourceInput } from './transcription-source.js';
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
    channelMode: t.field({ type: ChannelModeEnum, description: "Without one the preset's, else MIXED." }),
    device: t.string(),
    file: t.field({ type: 'Upload', deprecationReason: 'Use source.upload.' }),
    idempotencyKey: t.string(),
    language: t.string(),
    model: t.string(),
    presetId: t.id({ description: 'Options of a preset; those that are given here are preferred.' }),
    priority: t.field({ type: TranscriptionPriorityEnum, description: "Without one the preset's, else NORMAL." }),
    prompt: t.string(),
    source: t.field({ type: TranscriptionSourceInput }),
    task: t.field({ type: TranscriptionTaskEnum, description: "Without one the preset's, else TRANSCRIBE." }),
    wordTimes: t.boolean({ description: "Without it the preset's, else true." }),
  }),
});

builder.mutationField('createTranscription', (t) =>
  t.field({
    type: CreateTranscriptionResult,
    authScopes: { write: true },
    args: { input: t.arg({ type: CreateTranscriptionInput, required: true }) },
    resolve: (_parent, { input }, context) =>
      inUploadSpan({ parent: context.traceParent, way: sourceKindOf(input) }, (traceParent) =>
        create(input, context, traceParent),
      ),
  }),
);

type Input = typeof CreateTranscriptionInput.$inferInput;

async function create(input: Input, { services, viewer, signal }: GraphqlContext, traceParent: string | undefined) {
  const { config, db, storage, modelStore } = services;
  const preset = await findPreset(db.orm, input.presetId);
  if (preset === null) return invalidInput('presetId', 'There is no such preset any more. Choose another one.');
  const channelMode = input.channelMode ?? preset?.channelMode;
  const asked = {
    model: input.model ?? preset?.model,
    backend: input.backend ?? preset?.backend,
    device: input.device ?? preset?.device,
    language: input.language ?? preset?.language,
    task: input.task ?? preset?.task ?? 'transcribe',
    prompt: input.prompt ?? preset?.prompt,
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
        wordTimes: input.wordTimes ?? preset?.wordTimes ?? true,
        ...(asked.language !== undefined && { language: asked.language }),
        ...(asked.prompt !== undefined && { prompt: asked.prompt }),
        ...(channelMode === 'separate' && { channelMode }),
      },
      requestedModel: asked.model,
      requestedBackend: asked.backend,
      requestedDevice: asked.device,
      priority: input.priority ?? preset?.priority ?? 'normal',
      idempotencyKey,
      traceParent,
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
}

/** Undefined when none is asked for, null when it is not there. */
async function findPreset(orm: Orm, globalId: string | null | undefined): Promise<StoredPreset | null | undefined> {
  if (globalId === null || globalId === undefined) return undefined;
  const id = decodeRowId(globalId, 'TranscriptionPreset');
  const [row] = id === undefined ? [] : await findPresets(orm, { ids: [id] });
  return row?.options ?? null;
}
