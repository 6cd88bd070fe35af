import { CHUNK_STATES, type ChunkRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { isRowId } from './global-id.js';
import { Problem } from './problem.js';
import { Worker } from './worker.js';

const ChunkStateEnum = builder.enumType('ChunkState', { values: enumValues(CHUNK_STATES) });

export const Chunk = builder.objectRef<ChunkRow>('Chunk');

builder.node(Chunk, {
  id: { resolve: ({ id }) => id },
  loadMany: (ids, { loaders }) => ids.map((id) => (isRowId(id) ? loaders.chunk.load(id) : undefined)),
  fields: (t) => ({
    crashes: t.exposeInt('crashes'),
    endSeconds: t.exposeFloat('endSeconds'),
    error: t.expose('error', { type: Problem, nullable: true }),
    index: t.exposeInt('index'),
    startSeconds: t.exposeFloat('startSeconds'),
    state: t.expose('state', { type: ChunkStateEnum }),
    worker: t.field({
      type: Worker,
      nullable: true,
      resolve: ({ leaseOwner }, _args, { loaders }) => (leaseOwner === null ? null : loaders.worker.load(leaseOwner)),
    }),
  }),
});
