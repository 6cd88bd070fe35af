import { readQueueSummary, type QueueSummary } from '@voice-transcriber/db';
import { pauseQueue, resumeQueue } from '@voice-transcriber/jobs';
import { builder } from './builder.js';

export const Queue = builder.objectRef<QueueSummary>('Queue').implement({
  fields: (t) => ({
    audioSecondsLastHour: t.exposeFloat('audioSecondsLastHour'),
    failed: t.exposeInt('failed'),
    finishedLastHour: t.exposeInt('finishedLastHour'),
    oldestWaitingSeconds: t.exposeFloat('oldestWaitingSeconds', { nullable: true }),
    paused: t.exposeBoolean('paused'),
    reason: t.exposeString('reason', { nullable: true }),
    running: t.exposeInt('running'),
    waiting: t.exposeInt('waiting'),
  }),
});

const QueuePayload = builder.objectRef<{ readonly queue: QueueSummary }>('QueuePayload').implement({
  fields: (t) => ({ queue: t.expose('queue', { type: Queue }) }),
});

const PauseQueueInput = builder.inputType('PauseQueueInput', { fields: (t) => ({ reason: t.string() }) });

builder.queryField('queue', (t) =>
  t.field({ type: Queue, resolve: (_parent, _args, { services }) => readQueueSummary(services.db.orm) }),
);

builder.mutationField('pauseQueue', (t) =>
  t.field({
    type: QueuePayload,
    authScopes: { admin: true },
    args: { input: t.arg({ type: PauseQueueInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      await pauseQueue(services.db, { reason: input.reason ?? undefined });
      return { queue: await readQueueSummary(services.db.orm) };
    },
  }),
);

builder.mutationField('resumeQueue', (t) =>
  t.field({
    type: QueuePayload,
    authScopes: { admin: true },
    resolve: async (_parent, _args, { services }) => {
      await resumeQueue(services.db);
      return { queue: await readQueueSummary(services.db.orm) };
    },
  }),
);
