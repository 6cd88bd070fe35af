import { listSiblings, listSoundOutlines, readStageTimes, type LanguageSeconds } from '@voice-transcriber/db';
import { readCoverage } from '@voice-transcriber/jobs';
import type { CoverageReport, ReasonedSpan } from '@voice-transcriber/transcript';
import { describeTimeline, TIMELINE_STAGES, type TimelineStage } from '../live/describe-timeline.js';
import { drawWaveform, type WaveformPeaks } from '../live/waveform.js';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { PAGE_SIZE_MAX } from './page-size.js';
import { requestError } from './request-error.js';
import { ChannelModeEnum } from './transcription-enums.js';
import { Transcription } from './transcription-ref.js';

const POINTS_MAX = 20_000;

const TimelineStageName = builder.enumType('TimelineStageName', { values: enumValues(TIMELINE_STAGES) });

const Span = builder.objectRef<ReasonedSpan>('Span').implement({
  fields: (t) => ({
    endSeconds: t.exposeFloat('endSeconds'),
    reason: t.exposeString('reason'),
    startSeconds: t.exposeFloat('startSeconds'),
  }),
});

const Coverage = builder.objectRef<CoverageReport>('CoverageReport').implement({
  fields: (t) => ({
    coveredSeconds: t.exposeFloat('coveredSeconds', { description: 'Of the speech, with text over it.' }),
    loops: t.field({ type: [Span], resolve: ({ loops }) => [...loops] }),
    lowConfidence: t.field({ type: [Span], resolve: ({ lowConfidence }) => [...lowConfidence] }),
    speechSeconds: t.exposeFloat('speechSeconds', { description: 'Where somebody was heard, without pauses.' }),
    uncovered: t.field({ type: [Span], resolve: ({ uncovered }) => [...uncovered] }),
  }),
});

const LanguageShare = builder
  .objectRef<Pick<LanguageSeconds, 'language' | 'seconds'> & { readonly share: number }>('LanguageShare')
  .implement({
    fields: (t) => ({
      language: t.exposeString('language'),
      seconds: t.exposeFloat('seconds'),
      share: t.exposeFloat('share', { description: '0..1, of all text.' }),
    }),
  });

const Waveform = builder.objectRef<WaveformPeaks>('Waveform').implement({
  fields: (t) => ({
    peaks: t.intList({ description: '0 = silence, 255 = full scale.', resolve: ({ peaks }) => [...peaks] }),
    secondsPerPoint: t.exposeFloat('secondsPerPoint'),
  }),
});

const TimelineStageType = builder.objectRef<TimelineStage>('TimelineStage').implement({
  fields: (t) => ({
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    seconds: t.exposeFloat('seconds', { nullable: true, description: 'Null while it lasts.' }),
    stage: t.expose('stage', { type: TimelineStageName }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
  }),
});

builder.objectFields(Transcription, (t) => ({
  channelMode: t.field({ type: ChannelModeEnum, resolve: ({ options }) => options.channelMode ?? 'mixed' }),
  coverage: t.field({
    type: Coverage,
    nullable: true,
    description: 'What a person should look at again; null while there is no transcript.',
    // Reads the whole transcript.
    complexity: 100,
    resolve: ({ id, state }, _args, { services }) =>
      state === 'completed' || state === 'partial' ? readCoverage(services.db.orm, { transcriptionId: id }) : null,
  }),
  editedAt: t.expose('editedAt', { type: 'DateTime', nullable: true }),
  languages: t.field({
    type: [LanguageShare],
    description: 'Seconds of text in each language, most first.',
    resolve: async ({ id }, _args, { loaders }) => {
      const shares = await loaders.languages.load(id);
      const total = shares.reduce((sum, { seconds }) => sum + seconds, 0);
      return shares.map((share) => ({ ...share, share: total > 0 ? share.seconds / total : 0 }));
    },
  }),
  lastEventSeq: t.exposeInt('eventSeq', { description: 'The number to resume `transcriptionEvents` from.' }),
  siblings: t.field({
    type: [Transcription],
    description: 'Other transcriptions of the same recording, newest first, at most 100.',
    complexity: { field: 1, multiplier: 10 },
    resolve: ({ id, mediaId }, _args, { services }) =>
      listSiblings(services.db.orm, { id, mediaId, limit: PAGE_SIZE_MAX }),
  }),
  timeline: t.field({
    type: [TimelineStageType],
    description: 'The stages that it went through in its last run, in order.',
    complexity: 5,
    resolve: async (transcription, _args, { services }) =>
      describeTimeline(transcription, await readStageTimes(services.db.orm, { transcriptionId: transcription.id })),
  }),
  waveform: t.field({
    type: Waveform,
    nullable: true,
    description: 'Null until the recording is prepared.',
    args: { points: t.arg.int({ defaultValue: 1200 }) },
    complexity: 20,
    resolve: async ({ id }, args, { services }) => {
      const points = args.points ?? 1200;
      if (points < 1 || points > POINTS_MAX) throw requestError('input-invalid', `Ask for 1 to ${POINTS_MAX} points.`);
      return drawWaveform(await listSoundOutlines(services.db.orm, { transcriptionId: id }), points);
    },
  }),
}));
