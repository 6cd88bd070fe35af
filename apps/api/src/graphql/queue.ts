import { listQueueSamples, readQueueSummary, type QueueSampleRow, type QueueSummary } from '@voice-transcriber/db';
import { pauseQueue, resumeQueue } from '@voice-transcriber/jobs';
import { builder } from './builder.js';
import { requestError } from './request-error.js';

/** A day: older samples are cleaned up. */
const MINUTES_MAX = 24 * 60;

const QueueDepthPoint = builder.objectRef<QueueSampleRow>('QueueDepthPoint').implement({
  fields: (t) => ({
    at: t.expose('sampledAt', { type: 'DateTime' }),
    running: t.exposeInt('running'),
    waiting: t.exposeInt('waiting'),
  }),
});

export const Queue = builder.objectRef<QueueSummary>('Queue').implement({
  fields: (t) => ({
    audioSecondsLastHour: t.exposeFloat('audioSecondsLastHour'),
    audioSecondsPerSecond: t.float({
      description: 'Audio seconds that were finished per second, over the last hour.',
      resolve: ({ audioSecondsLastHour }) => audioSecondsLastHour / 3600,
    }),
    depthPoints: t.field({
      type: [QueueDepthPoint],
      description: 'What waited and ran, noted by the workers every five seconds; oldest first.',
      args: { minutes: t.arg.int({ defaultValue: 60 }) },
      complexity: { field: 1, multiplier: 20 },
      resolve: (_queue, args, { services }) => {
        const minutes = args.minutes ?? 60;
        if (minutes < 1 || minutes > MINUTES_MAX) {
          throw requestError('input-invalid', `Ask for 1 to ${MINUTES_MAX} minutes: a day of samples is kept.`);
        }
        return listQueueSamples(services.db.orm, { minutes });
      },
    }),
    failed: t.exposeInt('failed'),
    finishedLastHour: t.exposeInt('finishedLastHour'),
    finishedPerMinute: t.float({
      description: 'Over the last hour.',
      resolve: ({ finishedLastHour }) => finishedLastHour / 60,
    }),
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
