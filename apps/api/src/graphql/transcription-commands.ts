import type { TranscriptionSummary } from '@voice-transcriber/db';
import {
  cancelTranscription,
  deleteTranscription,
  pauseTranscription,
  resumeTranscription,
  retryTranscription,
  setTranscriptionPriority,
  type CommandFailure,
  type TranscriptionOutcome,
} from '@voice-transcriber/jobs';
import { checkModel } from '../intake/check-options.js';
import { builder } from './builder.js';
import { decodeRowId } from './global-id.js';
import { invalidInput, InvalidInputError } from './invalid-input-error.js';
import { InvalidStateError, type InvalidStateFailure } from './invalid-state-error.js';
import { notFound, NotFoundError, type NotFoundFailure } from './not-found-error.js';
import { TranscriptionPriorityEnum } from './transcription-enums.js';
import { Transcription } from './transcription-ref.js';

interface TranscriptionResult {
  readonly __typename: 'TranscriptionPayload';
  readonly transcription: TranscriptionSummary;
}

export const TranscriptionPayload = builder.objectRef<TranscriptionResult>('TranscriptionPayload').implement({
  fields: (t) => ({ transcription: t.expose('transcription', { type: Transcription }) }),
});

const resultType = (name: string) =>
  builder.unionType(name, {
    types: [TranscriptionPayload, InvalidStateError, NotFoundError],
    resolveType: ({ __typename }) => __typename,
  });

const TranscriptionIdInput = builder.inputType('TranscriptionIdInput', {
  fields: (t) => ({ id: t.id({ required: true }) }),
});
const RetryTranscriptionInput = builder.inputType('RetryTranscriptionInput', {
  fields: (t) => ({ id: t.id({ required: true }), model: t.string() }),
});
const SetTranscriptionPriorityInput = builder.inputType('SetTranscriptionPriorityInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    priority: t.field({ type: TranscriptionPriorityEnum, required: true }),
  }),
});

const RetryTranscriptionResult = builder.unionType('RetryTranscriptionResult', {
  types: [TranscriptionPayload, InvalidInputError, InvalidStateError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

interface DeleteResult {
  readonly __typename: 'DeleteTranscriptionPayload';
  readonly deletedId: string;
}

const DeleteTranscriptionPayload = builder.objectRef<DeleteResult>('DeleteTranscriptionPayload').implement({
  fields: (t) => ({ deletedId: t.exposeID('deletedId') }),
});
const DeleteTranscriptionResult = builder.unionType('DeleteTranscriptionResult', {
  types: [DeleteTranscriptionPayload, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

/** The commands that take an id and nothing else. */
const COMMANDS = {
  cancelTranscription,
  pauseTranscription,
  resumeTranscription,
};

for (const [name, command] of Object.entries(COMMANDS)) {
  const type = resultType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Result`);
  builder.mutationField(name, (t) =>
    t.field({
      type,
      authScopes: { write: true },
      args: { input: t.arg({ type: TranscriptionIdInput, required: true }) },
      resolve: async (_parent, { input }, { services }) => {
        const id = decodeRowId(input.id, 'Transcription');
        return id === undefined ? notFound('transcription') : toResult(await command(services.db, { id }));
      },
    }),
  );
}

builder.mutationField('setTranscriptionPriority', (t) =>
  t.field({
    type: resultType('SetTranscriptionPriorityResult'),
    authScopes: { write: true },
    args: { input: t.arg({ type: SetTranscriptionPriorityInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'Transcription');
      if (id === undefined) return notFound('transcription');
      return toResult(await setTranscriptionPriority(services.db, { id, priority: input.priority }));
    },
  }),
);

builder.mutationField('retryTranscription', (t) =>
  t.field({
    type: RetryTranscriptionResult,
    authScopes: { write: true },
    args: { input: t.arg({ type: RetryTranscriptionInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'Transcription');
      if (id === undefined) return notFound('transcription');
      const model = input.model ?? undefined;
      const refusal = model === undefined ? undefined : await checkModel(services.modelStore, model);
      if (refusal !== undefined) return invalidInput(refusal.field, refusal.message);
      return toResult(await retryTranscription(services.db, { id, model }));
    },
  }),
);

builder.mutationField('deleteTranscription', (t) =>
  t.field({
    type: DeleteTranscriptionResult,
    authScopes: { write: true },
    args: { input: t.arg({ type: TranscriptionIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'Transcription');
      if (id === undefined) return notFound('transcription');
      const deleted = await deleteTranscription(services.db, { id });
      if (!deleted.ok) return notFound('transcription');
      // The rows are gone for good; a blob that cannot be removed now is found by clean-up.
      for (const key of deleted.storageKeys) {
        await services.storage.delete(key).catch((error: unknown) => {
          services.logger.warn({ error, key }, 'A blob of a deleted transcription stays until clean-up');
        });
      }
      return { __typename: 'DeleteTranscriptionPayload' as const, deletedId: input.id };
    },
  }),
);

export function toResult(outcome: TranscriptionOutcome): TranscriptionResult | InvalidStateFailure | NotFoundFailure {
  if (outcome.ok) return { __typename: 'TranscriptionPayload', transcription: outcome.transcription };
  return toFailure(outcome);
}

function toFailure(failure: CommandFailure): InvalidStateFailure | NotFoundFailure {
  if (failure.code === 'not-found') return notFound('transcription');
  return { __typename: 'InvalidStateError', code: failure.code, message: failure.message, state: failure.state };
}
