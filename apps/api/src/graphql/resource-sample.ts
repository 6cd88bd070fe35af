import { listMetricSamples, type MetricSampleRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { requestError } from './request-error.js';

/** A day: older samples are cleaned up. */
const MINUTES_MAX = 24 * 60;
/** An hour of one machine at a sample per second. */
const SAMPLES_MAX = 3600;

export const ResourceSample = builder.objectRef<MetricSampleRow>('ResourceSample').implement({
  fields: (t) => ({
    cpuCores: t.float({ resolve: ({ sample }) => sample.cpuCores }),
    cpuPercent: t.float({ resolve: ({ sample }) => sample.cpuPercent }),
    diskBytesFree: t.field({ type: 'SafeInt', resolve: ({ sample }) => sample.diskBytesFree }),
    diskBytesTotal: t.field({ type: 'SafeInt', resolve: ({ sample }) => sample.diskBytesTotal }),
    diskPercent: t.float({ resolve: ({ sample }) => sample.diskPercent }),
    host: t.exposeString('host'),
    memoryBytesAvailable: t.field({ type: 'SafeInt', resolve: ({ sample }) => sample.memoryBytesAvailable }),
    memoryBytesTotal: t.field({ type: 'SafeInt', resolve: ({ sample }) => sample.memoryBytesTotal }),
    memoryPercent: t.float({ resolve: ({ sample }) => sample.memoryPercent }),
    sampledAt: t.expose('sampledAt', { type: 'DateTime' }),
  }),
});

builder.queryField('systemMetrics', (t) =>
  t.field({
    type: [ResourceSample],
    args: { minutes: t.arg.int({ defaultValue: 5 }) },
    complexity: { field: 1, multiplier: 100 },
    resolve: (_parent, args, { services }) => {
      const minutes = args.minutes ?? 5;
      if (minutes < 1 || minutes > MINUTES_MAX) {
        throw requestError('input-invalid', `Ask for 1 to ${MINUTES_MAX} minutes: a day of samples is kept.`);
      }
      return listMetricSamples(services.db.orm, { minutes, limit: SAMPLES_MAX });
    },
  }),
);
