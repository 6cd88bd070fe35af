import {
  countTranscriptions,
  listTranscriptions,
  type TranscriptionFilter,
  type TranscriptionState,
  type TranscriptionSummary,
} from '@voice-transcriber/db';
import { z } from 'zod';
import { Attempt } from './attempt.js';
import { builder } from './builder.js';
import { CandidateVerdict } from './candidate-verdict.js';
import { Chunk } from './chunk.js';
import { decodeCursor, makePage, type Page } from './cursors.js';
import { decodeRowId, encodeGlobalId, isRowId } from './global-id.js';
import { Media } from './media.js';
import { pageComplexity, readPageSize } from './page-size.js';
import { Problem } from './problem.js';
import { requestError } from './request-error.js';
import { Segment } from './segment.js';
import { readAttemptPage, readChunkPage, readSegmentPage } from './transcription-parts.js';
import { readFilter, TranscriptionFilterInput } from './transcription-filter.js';
import { TranscriptionPriorityEnum, TranscriptionStateEnum, TranscriptionTaskEnum } from './transcription-enums.js';
import { isMoving, progressOf, TranscriptionProgress } from './transcription-progress.js';
import { Transcription } from './transcription-ref.js';

const AttemptsConnection = builder.connectionObject(
  { type: Attempt, name: 'TranscriptionAttemptsConnection' },
  { name: 'TranscriptionAttemptsConnectionEdge' },
);
const ChunksConnection = builder.connectionObject(
  { type: Chunk, name: 'TranscriptionChunksConnection' },
  { name: 'TranscriptionChunksConnectionEdge' },
);
const SegmentsConnection = builder.connectionObject(
  { type: Segment, name: 'TranscriptionSegmentsConnection' },
  { name: 'TranscriptionSegmentsConnectionEdge' },
);

builder.node(Transcription, {
  id: { resolve: ({ id }) => id },
  loadMany: (ids, { loaders }) => ids.map((id) => (isRowId(id) ? loaders.transcription.load(id) : undefined)),
  fields: (t) => {
    const pageArgs = { after: t.arg.string(), first: t.arg.int() };
    return {
      attempts: t.field({
        type: AttemptsConnection,
        args: pageArgs,
        complexity: pageComplexity,
        resolve: ({ id }, args, { services }) => readAttemptPage(services.db.orm, id, args),
      }),
      audioSeconds: t.exposeFloat('audioSeconds', { nullable: true }),
      backend: t.exposeString('backend', { nullable: true }),
      candidates: t.field({ type: [CandidateVerdict], resolve: ({ candidates }) => [...candidates] }),
      chunks: t.field({
        type: ChunksConnection,
        args: pageArgs,
        complexity: pageComplexity,
        resolve: ({ id }, args, { services }) => readChunkPage(services.db.orm, id, args),
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      // What really runs it; until that is known, what was chosen.
      device: t.string({ nullable: true, resolve: ({ device, deviceActual }) => deviceActual ?? device }),
      error: t.expose('error', { type: Problem, nullable: true }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
      inferenceSeconds: t.exposeFloat('inferenceSeconds'),
      language: t.exposeString('language', { nullable: true }),
      lastSeq: t.exposeInt('eventSeq'),
      media: t.field({
        type: Media,
        resolve: async ({ mediaId }, _args, { loaders }) => {
          const media = await loaders.media.load(mediaId);
          if (media === undefined) throw requestError('not-found', 'The transcription was deleted meanwhile.');
          return media;
        },
      }),
      mediaPath: t.string({ resolve: ({ mediaId }) => `/media/${encodeGlobalId('Media', mediaId)}` }),
      memoryBytesPeak: t.expose('memoryBytesPeak', { type: 'SafeInt', nullable: true }),
      model: t.exposeString('model', { nullable: true }),
      priority: t.expose('priority', { type: TranscriptionPriorityEnum }),
      progress: t.field({
        type: TranscriptionProgress,
        resolve: async (transcription, _args, { loaders }) =>
          progressOf(transcription, isMoving(transcription) ? await loaders.rate.load(transcription.id) : undefined),
      }),
      prompt: t.string({ nullable: true, resolve: ({ options }) => options.prompt }),
      realTimeFactor: t.float({ nullable: true, resolve: realTimeFactor }),
      requestedBackend: t.exposeString('requestedBackend', { nullable: true }),
      requestedDevice: t.exposeString('requestedDevice', { nullable: true }),
      requestedLanguage: t.string({ nullable: true, resolve: ({ options }) => options.language }),
      requestedModel: t.exposeString('requestedModel', { nullable: true }),
      retries: t.exposeInt('retries'),
      segments: t.field({
        type: SegmentsConnection,
        args: pageArgs,
        complexity: pageComplexity,
        resolve: ({ id }, args, { services }) => readSegmentPage(services.db.orm, id, args),
      }),
      speechSeconds: t.exposeFloat('speechSeconds', { nullable: true }),
      startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
      state: t.expose('state', { type: TranscriptionStateEnum }),
      task: t.field({ type: TranscriptionTaskEnum, resolve: ({ options }) => options.task }),
      text: t.string({ nullable: true, resolve: ({ id }, _args, { loaders }) => loaders.text.load(id) }),
      warnings: t.field({ type: [Problem], resolve: ({ warnings }) => [...warnings] }),
      wordCount: t.exposeInt('wordCount', { nullable: true }),
      wordTimes: t.boolean({ resolve: ({ options }) => options.wordTimes }),
    };
  },
});

/** Wall seconds from the start to the end over the seconds of audio, waiting for other jobs included; null until both are known. */
function realTimeFactor({ startedAt, finishedAt, audioSeconds }: TranscriptionSummary): number | null {
  if (startedAt === null || finishedAt === null || audioSeconds === null || audioSeconds <= 0) return null;
  return (finishedAt.getTime() - startedAt.getTime()) / 1000 / audioSeconds;
}

builder.queryField('transcription', (t) =>
  t.field({
    type: Transcription,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_parent, args, { loaders }) => {
      const id = decodeRowId(args.id, 'Transcription');
      return id === undefined ? null : loaders.transcription.load(id);
    },
  }),
);

interface TranscriptionPage extends Page<TranscriptionSummary> {
  readonly selection: { readonly states?: readonly TranscriptionState[]; readonly filter: TranscriptionFilter };
}

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

builder.queryField('transcriptions', (t) =>
  t.connection(
    {
      type: Transcription,
      args: {
        filter: t.arg({ type: TranscriptionFilterInput }),
        states: t.arg({ type: [TranscriptionStateEnum], description: 'In addition to those of the filter.' }),
      },
      complexity: pageComplexity,
      resolve: async (_parent, args, { services }): Promise<TranscriptionPage> => {
        const backward = args.last !== null && args.last !== undefined;
        const size = readPageSize(args.last ?? args.first);
        const after = decodeCursor(args.after, cursorSchema);
        const before = decodeCursor(args.before, cursorSchema);
        const states = args.states ?? undefined;
        const selection = { filter: readFilter(args.filter), ...(states && { states }) };
        const listed = await listTranscriptions(services.db.orm, {
          limit: size + 1,
          backward,
          ...selection,
          ...(after && { after: { createdAt: after[0], id: after[1] } }),
          ...(before && { before: { createdAt: before[0], id: before[1] } }),
        });
        const places = new Map(listed.map(({ transcription, cursor }) => [transcription.id, cursor]));
        const rows = listed.map(({ transcription }) => transcription);
        const page = makePage(rows, {
          size,
          backward,
          continued: (backward ? before : after) !== undefined,
          cursorOf: ({ id }) => [places.get(id)?.createdAt, id],
        });
        return { ...page, selection };
      },
    },
    {
      fields: (connection) => ({
        totalCount: connection.int({
          resolve: ({ selection }, _args, { services }) => countTranscriptions(services.db.orm, selection),
        }),
      }),
    },
  ),
);
