import { ATTEMPT_OUTCOMES, type AttemptRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { isRowId } from './global-id.js';
import { Problem } from './problem.js';
import { AttemptKindEnum } from './transcription-enums.js';
import { Worker } from './worker.js';

const AttemptOutcomeEnum = builder.enumType('AttemptOutcome', { values: enumValues(ATTEMPT_OUTCOMES) });

export const Attempt = builder.objectRef<AttemptRow>('Attempt');

builder.node(Attempt, {
  id: { resolve: ({ id }) => id },
  loadMany: (ids, { loaders }) => ids.map((id) => (isRowId(id) ? loaders.attempt.load(id) : undefined)),
  fields: (t) => ({
    backend: t.exposeString('backend', { nullable: true }),
    chunkIndex: t.int({
      nullable: true,
      resolve: async ({ chunkId }, _args, { loaders }) =>
        chunkId === null ? null : (await loaders.chunk.load(chunkId))?.index,
    }),
    cpuPercentMean: t.exposeFloat('cpuPercentMean', { nullable: true }),
    device: t.exposeString('device', { nullable: true }),
    durationSeconds: t.exposeFloat('durationSeconds', { nullable: true }),
    error: t.expose('error', { type: Problem, nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    kind: t.expose('kind', { type: AttemptKindEnum }),
    memoryBytesChange: t.expose('memoryBytesChange', { type: 'SafeInt', nullable: true }),
    memoryBytesPeak: t.expose('memoryBytesPeak', { type: 'SafeInt', nullable: true }),
    model: t.exposeString('model', { nullable: true }),
    outcome: t.expose('outcome', { type: AttemptOutcomeEnum }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    windowsCommitted: t.exposeInt('windowsCommitted'),
    worker: t.field({
      type: Worker,
      nullable: true,
      resolve: ({ workerId }, _args, { loaders }) => (workerId === null ? null : loaders.worker.load(workerId)),
    }),
  }),
});
