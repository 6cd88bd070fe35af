import {
  countTranscriptionsByState,
  type TranscriptionFilter as Filter,
  type TranscriptionState,
} from '@voice-transcriber/db';
import { builder } from './builder.js';
import { requestError } from './request-error.js';
import { TranscriptionPriorityEnum, TranscriptionStateEnum } from './transcription-enums.js';

const SEARCH_CHARACTERS_MAX = 200;

export const TranscriptionFilterInput = builder.inputType('TranscriptionFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    backend: t.string(),
    createdAfter: t.field({ type: 'DateTime', description: 'Inclusive.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Exclusive.' }),
    hasError: t.boolean(),
    language: t.string({ description: 'ISO 639-1.' }),
    model: t.string({ description: 'The one it runs on; the one that was asked for, while that is not known.' }),
    priority: t.field({ type: TranscriptionPriorityEnum }),
    search: t.string({
      description:
        'Part of the filename, in any case, or words of the text. Quotes keep words together, a minus leaves out.',
    }),
    states: t.field({ type: [TranscriptionStateEnum] }),
  }),
});

type FilterInput = typeof TranscriptionFilterInput.$inferInput;

/** Throws `input-invalid` when it cannot be meant so. */
export function readFilter(input: FilterInput | null | undefined): Filter {
  const filter = Object.fromEntries(
    Object.entries(input ?? {}).filter(([, value]) => value !== null && value !== undefined),
  ) as Filter;
  if ((filter.search?.length ?? 0) > SEARCH_CHARACTERS_MAX) {
    throw requestError('input-invalid', `Search for at most ${SEARCH_CHARACTERS_MAX} characters.`);
  }
  return filter;
}

interface StateCount {
  readonly state: TranscriptionState;
  readonly count: number;
}

const TranscriptionStateCount = builder.objectRef<StateCount>('TranscriptionStateCount').implement({
  fields: (t) => ({ count: t.exposeInt('count'), state: t.expose('state', { type: TranscriptionStateEnum }) }),
});

const TranscriptionCounts = builder.objectRef<readonly StateCount[]>('TranscriptionCounts').implement({
  fields: (t) => ({
    states: t.field({
      type: [TranscriptionStateCount],
      description: 'Every state, also those that none is in.',
      resolve: (counts) => [...counts],
    }),
    total: t.int({ resolve: (counts) => counts.reduce((sum, { count }) => sum + count, 0) }),
  }),
});

builder.queryField('transcriptionCounts', (t) =>
  t.field({
    type: TranscriptionCounts,
    args: { filter: t.arg({ type: TranscriptionFilterInput }) },
    resolve: (_parent, { filter }, { services }) =>
      countTranscriptionsByState(services.db.orm, { filter: readFilter(filter) }),
  }),
);
