import { listModelPulls, MODEL_PULL_STATES, type ModelPullRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { isRowId } from './global-id.js';
import { PAGE_SIZE_MAX } from './page-size.js';
import { Problem } from './problem.js';
import { Worker } from './worker.js';

const ModelPullStateEnum = builder.enumType('ModelPullState', { values: enumValues(MODEL_PULL_STATES) });

export const ModelPull = builder.objectRef<ModelPullRow>('ModelPull');

builder.node(ModelPull, {
  description: 'One wish to have an official model, carried out by a worker.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids, { loaders }) => ids.map((id) => (isRowId(id) ? loaders.modelPull.load(id) : undefined)),
  fields: (t) => ({
    attempts: t.exposeInt('attempts', { description: 'How often a worker took it.' }),
    bytesDone: t.expose('bytesDone', { type: 'SafeInt' }),
    bytesPerSecond: t.exposeFloat('bytesPerSecond', {
      nullable: true,
      description: 'Over the last seconds. All bytes there and no rate: the checksum is being worked out.',
    }),
    bytesTotal: t.expose('bytesTotal', { type: 'SafeInt' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    error: t.expose('error', { type: Problem, nullable: true }),
    etaSeconds: t.float({
      nullable: true,
      resolve: ({ bytesDone, bytesTotal, bytesPerSecond }) =>
        bytesPerSecond === null || bytesPerSecond <= 0 ? null : (bytesTotal - bytesDone) / bytesPerSecond,
    }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    fraction: t.float({ resolve: ({ bytesDone, bytesTotal }) => (bytesTotal > 0 ? bytesDone / bytesTotal : 0) }),
    model: t.exposeString('model', { description: 'Its name.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    state: t.expose('state', { type: ModelPullStateEnum }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    worker: t.field({
      type: Worker,
      nullable: true,
      description: 'The one that has it, or had it last.',
      resolve: async ({ workerId }, _args, { loaders }) => (workerId === null ? null : loaders.worker.load(workerId)),
    }),
  }),
});

builder.queryField('modelPulls', (t) =>
  t.field({
    type: [ModelPull],
    description: 'Newest first, at most 100.',
    args: { activeOnly: t.arg.boolean({ defaultValue: false }) },
    complexity: { field: 1, multiplier: 20 },
    resolve: (_parent, { activeOnly }, { services }) =>
      listModelPulls(services.db.orm, { activeOnly: activeOnly === true, limit: PAGE_SIZE_MAX }),
  }),
);
