import { redecodeTranscription } from '@voice-transcriber/jobs';
import { checkModel } from '../intake/check-options.js';
import { builder } from './builder.js';
import { decodeRowId } from './global-id.js';
import { invalidInput, InvalidInputError } from './invalid-input-error.js';
import { InvalidStateError } from './invalid-state-error.js';
import { notFound, NotFoundError } from './not-found-error.js';
import { toResult, TranscriptionPayload } from './transcription-commands.js';

const SPANS_MAX = 1000;

const SpanInput = builder.inputType('SpanInput', {
  fields: (t) => ({ endSeconds: t.float({ required: true }), startSeconds: t.float({ required: true }) }),
});
const RedecodeInput = builder.inputType('RedecodeInput', {
  fields: (t) => ({
    flagged: t.boolean({
      defaultValue: false,
      description: 'Also what the coverage report names, except where a person edited the text.',
    }),
    id: t.id({ required: true }),
    model: t.string({ description: 'Default: the one that was asked for at first.' }),
    spans: t.field({ type: [SpanInput] }),
  }),
});

const RedecodeResult = builder.unionType('RedecodeResult', {
  types: [TranscriptionPayload, InvalidInputError, InvalidStateError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

builder.mutationField('redecode', (t) =>
  t.field({
    type: RedecodeResult,
    description:
      'Has parts of a finished transcription heard again: whole windows of up to 30 s that hold the spans. The rest is kept; the old text stays until the new one is there.',
    authScopes: { write: true },
    args: { input: t.arg({ type: RedecodeInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'Transcription');
      if (id === undefined) return notFound('transcription');
      const spans = input.spans ?? [];
      const flagged = input.flagged ?? false;
      if (spans.length > SPANS_MAX) return invalidInput('spans', `Send at most ${SPANS_MAX} spans.`);
      if (spans.some(({ startSeconds, endSeconds }) => startSeconds < 0 || endSeconds <= startSeconds)) {
        return invalidInput('spans', 'A span begins at 0 s or later and ends after its start.');
      }
      if (spans.length === 0 && !flagged) return invalidInput('spans', 'Name spans, or ask for what is flagged.');
      const model = input.model ?? undefined;
      const refusal = model === undefined ? undefined : await checkModel(services.modelStore, model);
      if (refusal !== undefined) return invalidInput(refusal.field, refusal.message);
      const outcome = await redecodeTranscription(services.db, { id, spans, flagged, model });
      return 'code' in outcome && outcome.code === 'nothing-to-redecode'
        ? invalidInput('spans', outcome.message)
        : toResult(outcome);
    },
  }),
);
