import type { SegmentRow } from '@voice-transcriber/db';
import { editSegment, restoreSegment, type EditOutcome } from '@voice-transcriber/jobs';
import { builder } from './builder.js';
import { ConflictError, type ConflictFailure } from './conflict-error.js';
import { decodeRowId } from './global-id.js';
import { invalidInput, InvalidInputError } from './invalid-input-error.js';
import { notFound, NotFoundError, type NotFoundFailure } from './not-found-error.js';
import { Segment } from './segment.js';

/** A window of speech has a few hundred; the bound keeps aligning its words cheap. */
const TEXT_CHARACTERS_MAX = 5000;

interface SegmentResult {
  readonly __typename: 'SegmentPayload';
  readonly segment: SegmentRow;
}

const SegmentPayload = builder.objectRef<SegmentResult>('SegmentPayload').implement({
  fields: (t) => ({ segment: t.expose('segment', { type: Segment }) }),
});

const EditSegmentResult = builder.unionType('EditSegmentResult', {
  types: [SegmentPayload, ConflictError, InvalidInputError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});
const RestoreSegmentResult = builder.unionType('RestoreSegmentResult', {
  types: [SegmentPayload, ConflictError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

const EditSegmentInput = builder.inputType('EditSegmentInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    revision: t.int({ required: true, description: 'The revision that the edit is based on.' }),
    text: t.string({ required: true }),
  }),
});
const RestoreSegmentInput = builder.inputType('RestoreSegmentInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    revision: t.int({ required: true, description: 'The revision whose text is written again.' }),
  }),
});

builder.mutationField('editSegment', (t) =>
  t.field({
    type: EditSegmentResult,
    description: 'Corrects the text of a segment. Words that stay keep their times; text, exports and search follow.',
    authScopes: { write: true },
    args: { input: t.arg({ type: EditSegmentInput, required: true }) },
    resolve: async (_parent, { input }, { services, viewer }) => {
      const id = decodeRowId(input.id, 'Segment');
      if (id === undefined) return notFound('segment');
      const text = input.text.replace(/\s+/gu, ' ').trim();
      if (text === '' || text.length > TEXT_CHARACTERS_MAX) {
        return invalidInput('text', `Send 1 to ${TEXT_CHARACTERS_MAX} characters.`);
      }
      const { revision } = input;
      return toResult(await editSegment(services.db, { id, text, revision, editedBy: viewer.name }));
    },
  }),
);

builder.mutationField('restoreSegment', (t) =>
  t.field({
    type: RestoreSegmentResult,
    description: 'Writes an earlier text of a segment again, as a new revision.',
    authScopes: { write: true },
    args: { input: t.arg({ type: RestoreSegmentInput, required: true }) },
    resolve: async (_parent, { input }, { services, viewer }) => {
      const id = decodeRowId(input.id, 'Segment');
      if (id === undefined) return notFound('segment');
      return toResult(
        await restoreSegment(services.db, { id, revision: input.revision, editedBy: viewer.name }),
        'revision of this segment',
      );
    },
  }),
);

function toResult(outcome: EditOutcome, what = 'segment'): SegmentResult | ConflictFailure | NotFoundFailure {
  if (outcome.ok) return { __typename: 'SegmentPayload', segment: outcome.segment };
  if (outcome.code === 'not-found') return notFound(what);
  const { code, message, segment } = outcome;
  return { __typename: 'ConflictError', code, message, segment };
}
