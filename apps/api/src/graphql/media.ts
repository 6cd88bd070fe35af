import type { MediaRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { isRowId } from './global-id.js';

export const Media = builder.objectRef<MediaRow>('Media');

builder.node(Media, {
  id: { resolve: ({ id }) => id },
  loadMany: (ids, { loaders }) => ids.map((id) => (isRowId(id) ? loaders.media.load(id) : undefined)),
  fields: (t) => ({
    channels: t.exposeInt('channels', { nullable: true }),
    codec: t.exposeString('codec', { nullable: true }),
    container: t.exposeString('container'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    durationSeconds: t.exposeFloat('durationSeconds', { nullable: true }),
    filename: t.exposeString('filename'),
    recordingKept: t.boolean({
      description:
        'Whether the recording itself is still stored. It is not once its retention is over, nor when it could not be decoded; then it cannot be transcribed again.',
      resolve: ({ blobDeletedAt }) => blobDeletedAt === null,
    }),
    sampleRateHz: t.exposeInt('sampleRateHz', { nullable: true }),
    sha256: t.exposeString('sha256'),
    sizeBytes: t.expose('sizeBytes', { type: 'SafeInt' }),
  }),
});
