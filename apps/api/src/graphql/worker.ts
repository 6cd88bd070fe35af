import {
  listWorkers,
  WORKER_STATES,
  type StoredLoadedModel,
  type WorkerRow,
  type WorkInProgress,
} from '@voice-transcriber/db';
import { Backend } from './backend.js';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { isRowId } from './global-id.js';
import { PAGE_SIZE_MAX } from './page-size.js';
import { AttemptKindEnum } from './transcription-enums.js';
import { Transcription } from './transcription-ref.js';

export const WorkerStateEnum = builder.enumType('WorkerState', { values: enumValues(WORKER_STATES) });

const LoadedModel = builder.objectRef<StoredLoadedModel>('LoadedModel').implement({
  fields: (t) => ({
    backend: t.exposeString('backend'),
    busy: t.exposeInt('busy'),
    device: t.exposeString('device'),
    memoryBytes: t.expose('memoryBytes', { type: 'SafeInt' }),
    model: t.exposeString('model'),
  }),
});

const CurrentWork = builder.objectRef<WorkInProgress>('CurrentWork').implement({
  fields: (t) => ({
    chunkIndex: t.exposeInt('chunkIndex', {
      nullable: true,
      description: 'Null while the recording is prepared or the transcript is put together.',
    }),
    kind: t.expose('kind', { type: AttemptKindEnum }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    transcription: t.field({
      type: Transcription,
      nullable: true,
      description: 'Null when it was deleted just now.',
      resolve: ({ transcriptionId }, _args, { loaders }) => loaders.transcription.load(transcriptionId),
    }),
  }),
});

export const Worker = builder.objectRef<WorkerRow>('Worker');

builder.node(Worker, {
  id: { resolve: ({ id }) => id },
  loadMany: (ids, { loaders }) => ids.map((id) => (isRowId(id) ? loaders.worker.load(id) : undefined)),
  fields: (t) => ({
    backends: t.field({
      type: [Backend],
      description: 'As this worker found them on its machine.',
      resolve: ({ backends, host }) => backends.map((report) => ({ ...report, host })),
    }),
    cpuPercent: t.exposeFloat('cpuPercent', { nullable: true }),
    currentWork: t.field({
      type: [CurrentWork],
      description: 'Longest first.',
      resolve: async ({ id }, _args, { loaders }) => [...(await loaders.workInProgress.load(id))],
    }),
    fencedWrites: t.exposeInt('fencedWrites'),
    heartbeatAt: t.expose('heartbeatAt', { type: 'DateTime' }),
    host: t.exposeString('host'),
    instanceId: t.exposeString('instanceId'),
    loadedModels: t.field({ type: [LoadedModel], resolve: ({ loadedModels }) => [...loadedModels] }),
    lostReason: t.exposeString('lostReason', { nullable: true, description: 'Why it is taken for lost.' }),
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
