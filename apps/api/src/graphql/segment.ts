import type { SegmentRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { isRowId } from './global-id.js';
import { Word } from './word.js';

export const Segment = builder.objectRef<SegmentRow>('Segment');

builder.node(Segment, {
  id: { resolve: ({ id }) => id },
  loadMany: (ids, { loaders }) => ids.map((id) => (isRowId(id) ? loaders.segment.load(id) : undefined)),
  fields: (t) => ({
    confidence: t.exposeFloat('confidence'),
    endSeconds: t.exposeFloat('endSeconds'),
    index: t.exposeInt('index'),
    startSeconds: t.exposeFloat('startSeconds'),
    text: t.exposeString('text'),
    windowIndex: t.exposeInt('windowIndex'),
    words: t.field({
      type: [Word],
      resolve: ({ words }) => [...words],
    }),
  }),
});
