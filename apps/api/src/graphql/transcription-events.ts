import type { TranscriptionEvent as StreamedEvent } from '../live/transcription-events.js';
import { streamTranscriptionEvents } from '../live/transcription-events.js';
import { builder } from './builder.js';
import { decodeRowId } from './global-id.js';
import { Problem } from './problem.js';
import { requestError } from './request-error.js';
import { Segment } from './segment.js';
import { TranscriptionStateEnum } from './transcription-enums.js';
import { TranscriptionProgress } from './transcription-progress.js';
import { Transcription } from './transcription-ref.js';

type EventOf<Typename extends StreamedEvent['__typename']> = Extract<StreamedEvent, { __typename: Typename }>;

const TranscriptionSnapshot = builder.objectRef<EventOf<'TranscriptionSnapshot'>>('TranscriptionSnapshot').implement({
  description: "First message of a transcription's stream: everything up to `seq`.",
  fields: (t) => ({
    segments: t.field({ type: [Segment], resolve: ({ segments }) => [...segments] }),
    seq: t.exposeInt('seq'),
    transcription: t.expose('transcription', { type: Transcription }),
  }),
});

const ProgressMade = builder.objectRef<EventOf<'ProgressMade'>>('ProgressMade').implement({
  fields: (t) => ({ progress: t.expose('progress', { type: TranscriptionProgress }), seq: t.exposeInt('seq') }),
});

const SegmentsAppended = builder.objectRef<EventOf<'SegmentsAppended'>>('SegmentsAppended').implement({
  fields: (t) => ({
    progress: t.expose('progress', { type: TranscriptionProgress }),
    segments: t.field({ type: [Segment], resolve: ({ segments }) => [...segments] }),
    seq: t.exposeInt('seq'),
  }),
});

const SegmentEdited = builder.objectRef<EventOf<'SegmentEdited'>>('SegmentEdited').implement({
  fields: (t) => ({ segment: t.expose('segment', { type: Segment }), seq: t.exposeInt('seq') }),
});

const StateChanged = builder.objectRef<EventOf<'StateChanged'>>('StateChanged').implement({
  fields: (t) => ({
    error: t.expose('error', { type: Problem, nullable: true }),
    seq: t.exposeInt('seq'),
    state: t.expose('state', { type: TranscriptionStateEnum }),
    transcription: t.expose('transcription', { type: Transcription }),
  }),
});

const WarningRaised = builder.objectRef<EventOf<'WarningRaised'>>('WarningRaised').implement({
  fields: (t) => ({ seq: t.exposeInt('seq'), warning: t.expose('warning', { type: Problem }) }),
});

const TranscriptionEvent = builder.unionType('TranscriptionEvent', {
  types: [ProgressMade, SegmentEdited, SegmentsAppended, StateChanged, TranscriptionSnapshot, WarningRaised],
  resolveType: ({ __typename }) => __typename,
});

builder.subscriptionField('transcriptionEvents', (t) =>
  t.field({
    description:
      'Without `after`: a snapshot, then events. With `after`: the events behind that seq, nothing twice, nothing missing. Completes after a terminal state.',
    type: TranscriptionEvent,
    args: { after: t.arg.int(), id: t.arg.id({ required: true }) },
    subscribe: async (_parent, args, { services, loaders, signal }) => {
      const transcriptionId = decodeRowId(args.id, 'Transcription');
      const row = transcriptionId === undefined ? undefined : await loaders.transcription.load(transcriptionId);
      if (transcriptionId === undefined || row === undefined) {
        throw requestError('not-found', 'There is no such transcription. It may have been deleted.');
      }
      const after = args.after ?? undefined;
      if (after !== undefined && (after < 0 || after > row.eventSeq)) {
        throw requestError(
          'input-invalid',
          `"after" is 0 to ${row.eventSeq} for this transcription. Leave it out to start anew.`,
        );
      }
      const { db, bell, logger, metrics } = services;
      const onDelivered = (lagSeconds: number): void => metrics.eventDelivered('transcription', lagSeconds);
      return streamTranscriptionEvents({ db, bell, logger, transcriptionId, after, signal, onDelivered });
    },
    resolve: (event) => event,
  }),
);
