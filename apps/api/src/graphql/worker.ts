import { listWorkers, WORKER_STATES, type StoredLoadedModel, type WorkerRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { isRowId } from './global-id.js';
import { PAGE_SIZE_MAX } from './page-size.js';

const WorkerStateEnum = builder.enumType('WorkerState', { values: enumValues(WORKER_STATES) });

const LoadedModel = builder.objectRef<StoredLoadedModel>('LoadedModel').implement({
  fields: (t) => ({
    backend: t.exposeString('backend'),
    busy: t.exposeInt('busy'),
    device: t.exposeString('device'),
    memoryBytes: t.expose('memoryBytes', { type: 'SafeInt' }),
    model: t.exposeString('model'),
  }),
});

export const Worker = builder.objectRef<WorkerRow>('Worker');

builder.node(Worker, {
  id: { resolve: ({ id }) => id },
  loadMany: (ids, { loaders }) => ids.map((id) => (isRowId(id) ? loaders.worker.load(id) : undefined)),
  fields: (t) => ({
    cpuPercent: t.exposeFloat('cpuPercent', { nullable: true }),
    fencedWrites: t.exposeInt('fencedWrites'),
    heartbeatAt: t.expose('heartbeatAt', { type: 'DateTime' }),
    host: t.exposeString('host'),
    instanceId: t.exposeString('instanceId'),
    loadedModels: t.field({ type: [LoadedModel], resolve: ({ loadedModels }) => [...loadedModels] }),
    memoryBytes: t.expose('memoryBytes', { type: 'SafeInt', nullable: true }),
    pid: t.exposeInt('pid'),
    slots: t.exposeInt('slots'),
    slotsBusy: t.exposeInt('slotsBusy'),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    state: t.expose('state', { type: WorkerStateEnum }),
    stoppedAt: t.expose('stoppedAt', { type: 'DateTime', nullable: true }),
    threadsPerInference: t.exposeInt('threadsPerInference'),
    version: t.exposeString('version'),
  }),
});

builder.queryField('workers', (t) =>
  t.field({
    type: [Worker],
    args: { includeStopped: t.arg.boolean({ defaultValue: false }) },
    complexity: { field: 1, multiplier: 10 },
    resolve: (_parent, { includeStopped }, { services }) =>
      listWorkers(services.db.orm, { includeStopped: includeStopped === true, limit: PAGE_SIZE_MAX }),
  }),
);
