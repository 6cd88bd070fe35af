import type { SegmentRevisionRow, SegmentRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { isRowId } from './global-id.js';
import { Word } from './word.js';

export const Segment = builder.objectRef<SegmentRow>('Segment');

type Revision = Pick<SegmentRevisionRow, 'revision' | 'text' | 'editedAt' | 'editedBy'>;

const SegmentRevision = builder.objectRef<Revision>('SegmentRevision').implement({
  fields: (t) => ({
    editedAt: t.expose('editedAt', { type: 'DateTime', nullable: true, description: 'Null: as the engine heard it.' }),
    editedBy: t.exposeString('editedBy', { nullable: true }),
    revision: t.exposeInt('revision'),
    text: t.exposeString('text'),
  }),
});

builder.node(Segment, {
  id: { resolve: ({ id }) => id },
  loadMany: (ids, { loaders }) => ids.map((id) => (isRowId(id) ? loaders.segment.load(id) : undefined)),
  fields: (t) => ({
    channel: t.exposeInt('channel', {
      nullable: true,
      description: 'From 0, where channels were transcribed apart.',
    }),
    confidence: t.exposeFloat('confidence'),
    editedAt: t.expose('editedAt', { type: 'DateTime', nullable: true }),
    endSeconds: t.exposeFloat('endSeconds'),
    index: t.exposeInt('index'),
    language: t.exposeString('language', { nullable: true, description: 'ISO 639-1, as it was heard here.' }),
    revision: t.exposeInt('revision', { description: 'Grows with every edit; an edit names the one it is based on.' }),
    revisions: t.field({
      type: [SegmentRevision],
      description: 'Every text that it had, the first one first; the last one is the text.',
      resolve: async ({ id, revision, text, editedAt }, _args, { loaders }): Promise<Revision[]> =>
        revision === 1 ? [{ revision, text, editedAt, editedBy: null }] : loaders.segmentRevisions.load(id),
    }),
    startSeconds: t.exposeFloat('startSeconds'),
    text: t.exposeString('text'),
    windowIndex: t.exposeInt('windowIndex'),
    words: t.field({
      type: [Word],
      resolve: ({ words }) => [...words],
    }),
  }),
});
