import { searchSegments, type HeadlinePart, type SearchHit } from '@voice-transcriber/db';
import { z } from 'zod';
import { builder } from './builder.js';
import { decodeCursor, makePage } from './cursors.js';
import { pageComplexity, readPageSize } from './page-size.js';
import { requestError } from './request-error.js';
import { Segment } from './segment.js';
import { readFilter, TranscriptionFilterInput } from './transcription-filter.js';
import { Transcription } from './transcription-ref.js';

const QUERY_CHARACTERS_MAX = 200;

const HeadlinePartType = builder.objectRef<HeadlinePart>('HeadlinePart').implement({
  fields: (t) => ({
    match: t.exposeBoolean('match', { description: 'Whether it is a word that was looked for.' }),
    text: t.exposeString('text'),
  }),
});

const TranscriptHit = builder.objectRef<SearchHit>('TranscriptHit').implement({
  fields: (t) => ({
    headline: t.field({
      type: [HeadlinePartType],
      description: "The segment's text in parts, to be shown one after another.",
      resolve: ({ headline }) => [...headline],
    }),
    rank: t.exposeFloat('rank'),
    segment: t.expose('segment', { type: Segment }),
    transcription: t.expose('transcription', { type: Transcription }),
  }),
});

const cursorSchema = z.tuple([z.number(), z.number(), z.number(), z.uuid()]);

builder.queryField('searchTranscripts', (t) =>
  t.connection({
    type: TranscriptHit,
    description:
      'Segments that hold all the words, best first. As in a search engine: quotes keep words together, `or` is either, a minus leaves out. Only `first` and `after` page.',
    args: {
      filter: t.arg({ type: TranscriptionFilterInput }),
      language: t.arg.string({ description: 'ISO 639-1, of the segment.' }),
      query: t.arg.string({ required: true }),
    },
    complexity: pageComplexity,
    resolve: async (_parent, args, { services }) => {
      const query = args.query.trim();
      if (query.length > QUERY_CHARACTERS_MAX) {
        throw requestError('input-invalid', `Search for at most ${QUERY_CHARACTERS_MAX} characters.`);
      }
      const size = readPageSize(args.first);
      const after = decodeCursor(args.after, cursorSchema);
      const hits = await searchSegments(services.db.orm, {
        query,
        language: args.language ?? undefined,
        filter: readFilter(args.filter),
        limit: size + 1,
        ...(after && {
          after: { rank: after[0], createdSeconds: after[1], startSeconds: after[2], id: after[3] },
        }),
      });
      return makePage(hits, {
        size,
        continued: after !== undefined,
        cursorOf: ({ cursor }) => [cursor.rank, cursor.createdSeconds, cursor.startSeconds, cursor.id],
      });
    },
  }),
);
