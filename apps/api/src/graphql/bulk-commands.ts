import {
  runBulkCommand,
  type BulkCommand,
  type BulkOutcome,
  type BulkRefusal,
  type BulkSelection,
} from '@voice-transcriber/jobs';
import { checkModel } from '../intake/check-options.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { decodeRowId, encodeGlobalId } from './global-id.js';
import { invalidInput, InvalidInputError, type InvalidInputFailure } from './invalid-input-error.js';
import { TranscriptionPriorityEnum } from './transcription-enums.js';
import { readFilter, TranscriptionFilterInput } from './transcription-filter.js';

const IDS_MAX = 1000;
/** Below the deadline of an operation, so that the answer tells how far it came. */
const SECONDS_MAX = 7;

const TranscriptionSelectionInput = builder.inputType('TranscriptionSelection', {
  description: `Up to ${IDS_MAX} ids, or all that a filter lets through.`,
  isOneOf: true,
  fields: (t) => ({ filter: t.field({ type: TranscriptionFilterInput }), ids: t.idList() }),
});

const BulkRefusalType = builder.objectRef<BulkRefusal>('BulkRefusal').implement({
  description: 'code: not-found | invalid-state',
  fields: (t) => ({
    code: t.string({ resolve: ({ failure }) => failure.code }),
    id: t.id({ resolve: ({ id }) => encodeGlobalId('Transcription', id) }),
    message: t.string({
      resolve: ({ failure }) =>
        failure.code === 'not-found' ? 'There is no such transcription any more.' : failure.message,
    }),
  }),
});

interface BulkResult extends BulkOutcome {
  readonly __typename: 'BulkPayload';
}

const BulkPayload = builder.objectRef<BulkResult>('BulkPayload').implement({
  description: 'matched = changed + refusedCount + remaining.',
  fields: (t) => ({
    changed: t.exposeInt('changed'),
    matched: t.exposeInt('matched', {
      description:
        'Of a filter only those that the command is for: nothing that has ended is cancelled, nothing that runs is tried again.',
    }),
    refused: t.field({ type: [BulkRefusalType], description: 'At most 100.', resolve: ({ refused }) => [...refused] }),
    refusedCount: t.exposeInt('refusedCount'),
    remaining: t.exposeInt('remaining', {
      description: 'Not reached in the time of one request. Send the same mutation again until it is 0.',
    }),
  }),
});

const BulkResultUnion = builder.unionType('BulkResult', {
  types: [BulkPayload, InvalidInputError],
  resolveType: ({ __typename }) => __typename,
});

const BulkInput = builder.inputType('BulkTranscriptionsInput', {
  fields: (t) => ({ selection: t.field({ type: TranscriptionSelectionInput, required: true }) }),
});
const BulkRetryInput = builder.inputType('RetryTranscriptionsInput', {
  fields: (t) => ({ model: t.string(), selection: t.field({ type: TranscriptionSelectionInput, required: true }) }),
});
const BulkPriorityInput = builder.inputType('SetTranscriptionsPriorityInput', {
  fields: (t) => ({
    priority: t.field({ type: TranscriptionPriorityEnum, required: true }),
    selection: t.field({ type: TranscriptionSelectionInput, required: true }),
  }),
});

type SelectionInput = typeof TranscriptionSelectionInput.$inferInput;

for (const [name, kind] of [
  ['cancelTranscriptions', 'cancel'],
  ['deleteTranscriptions', 'delete'],
] as const) {
  builder.mutationField(name, (t) =>
    t.field({
      type: BulkResultUnion,
      authScopes: { write: true },
      args: { input: t.arg({ type: BulkInput, required: true }) },
      resolve: (_parent, { input }, { services }) => run(services, input.selection, { kind }),
    }),
  );
}

builder.mutationField('retryTranscriptions', (t) =>
  t.field({
    type: BulkResultUnion,
    authScopes: { write: true },
    args: { input: t.arg({ type: BulkRetryInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const model = input.model ?? undefined;
      const refusal = model === undefined ? undefined : await checkModel(services.modelStore, model);
      if (refusal !== undefined) return invalidInput(refusal.field, refusal.message);
      return run(services, input.selection, { kind: 'retry', model });
    },
  }),
);

builder.mutationField('setTranscriptionsPriority', (t) =>
  t.field({
    type: BulkResultUnion,
    authScopes: { write: true },
    args: { input: t.arg({ type: BulkPriorityInput, required: true }) },
    resolve: (_parent, { input }, { services }) =>
      run(services, input.selection, { kind: 'set-priority', priority: input.priority }),
  }),
);

async function run(
  { db, storage, logger }: GraphqlContext['services'],
  input: SelectionInput,
  command: BulkCommand,
): Promise<BulkResult | InvalidInputFailure> {
  const selection = readSelection(input);
  if ('__typename' in selection) return selection;
  const outcome = await runBulkCommand(db, {
    selection,
    command,
    secondsMax: SECONDS_MAX,
    onUnusedBlobs: async (keys) => {
      for (const key of keys) {
        await storage.delete(key).catch((error: unknown) => {
          logger.warn({ error, key }, 'A blob of a deleted transcription stays until clean-up');
        });
      }
    },
  });
  return { __typename: 'BulkPayload', ...outcome };
}

function readSelection({ ids, filter }: SelectionInput): BulkSelection | InvalidInputFailure {
  if (filter) return { filter: readFilter(filter) };
  const given = ids ?? [];
  if (given.length === 0 || given.length > IDS_MAX) {
    return invalidInput('selection.ids', `Name 1 to ${IDS_MAX} transcriptions, or send a filter.`);
  }
  const rowIds = given.map((id) => decodeRowId(id, 'Transcription'));
  const wrong = rowIds.indexOf(undefined);
  if (wrong >= 0) return invalidInput('selection.ids', `"${given[wrong] ?? ''}" is not the id of a transcription.`);
  return { ids: rowIds.filter((id) => id !== undefined) };
}
