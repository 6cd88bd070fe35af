import type { TranscriptionPerformance as Performance } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { Transcription } from './transcription-ref.js';

const TranscriptionPerformance = builder.objectRef<Performance>('TranscriptionPerformance').implement({
  description: 'What a transcription cost so far: all attempts at its steps together. Null is not known yet.',
  fields: (t) => ({
    attempts: t.exposeInt('attempts'),
    computeSeconds: t.exposeFloat('computeSeconds', {
      nullable: true,
      description: 'Sum over its attempts; those that ran side by side count each.',
    }),
    cpuPercentMean: t.exposeFloat('cpuPercentMean', {
      nullable: true,
      description: 'Of the processes that worked for it, in percent of one core. They may have worked for others too.',
    }),
    inferenceSeconds: t.exposeFloat('inferenceSeconds', { description: 'Inside models.' }),
    memoryBytesChange: t.expose('memoryBytesChange', {
      type: 'SafeInt',
      nullable: true,
      description: 'Resident bytes of those processes at the end of the attempts, minus those at their begin.',
    }),
    memoryBytesPeak: t.expose('memoryBytesPeak', { type: 'SafeInt', nullable: true }),
    totalSeconds: t.exposeFloat('totalSeconds', {
      nullable: true,
      description: 'From the acceptance to the end.',
    }),
    waitSeconds: t.exposeFloat('waitSeconds', {
      nullable: true,
      description: 'From the acceptance to the first attempt.',
    }),
  }),
});

builder.objectField(Transcription, 'performance', (t) =>
  t.field({
    type: TranscriptionPerformance,
    nullable: true,
    resolve: ({ id }, _args, { loaders }) => loaders.performance.load(id),
  }),
);
