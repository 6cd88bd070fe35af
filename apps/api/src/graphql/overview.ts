import {
  listFailureGroups,
  listOverviewPoints,
  readOverviewFigures,
  readRealTimeFactorNow,
  type FailureGroup as StoredFailureGroup,
  type OverviewFigures,
  type OverviewPoint as StoredPoint,
} from '@voice-transcriber/db';
import { findAlerts, type Alert as FoundAlert } from '../overview/find-alerts.js';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { encodeGlobalId } from './global-id.js';
import { requestError } from './request-error.js';

/** A week. */
const MINUTES_MAX = 7 * 24 * 60;
const POINTS = 60;
const FAILURE_GROUPS_MAX = 20;

interface OverviewAsked extends OverviewFigures {
  readonly minutes: number;
}

const OverviewPoint = builder.objectRef<StoredPoint>('OverviewPoint').implement({
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'Begin of the interval.' }),
    audioSeconds: t.exposeFloat('audioSeconds', { description: 'Of what finished.' }),
    computeSecondsP50: t.exposeFloat('computeSecondsP50', { nullable: true }),
    computeSecondsP95: t.exposeFloat('computeSecondsP95', { nullable: true }),
    computeSecondsP99: t.exposeFloat('computeSecondsP99', { nullable: true }),
    failed: t.exposeInt('failed'),
    finished: t.exposeInt('finished'),
    queueDepth: t.exposeInt('queueDepth', {
      nullable: true,
      description: 'Most that waited at once; null where no worker was there to note it.',
    }),
    waitSecondsP50: t.exposeFloat('waitSecondsP50', { nullable: true }),
    waitSecondsP95: t.exposeFloat('waitSecondsP95', { nullable: true }),
    waitSecondsP99: t.exposeFloat('waitSecondsP99', { nullable: true }),
  }),
});

const FailureGroup = builder.objectRef<StoredFailureGroup>('FailureGroup').implement({
  fields: (t) => ({
    code: t.exposeString('code'),
    count: t.exposeInt('count'),
    exampleId: t.id({
      description: 'The newest transcription of it.',
      resolve: ({ exampleId }) => encodeGlobalId('Transcription', exampleId),
    }),
    lastAt: t.expose('lastAt', { type: 'DateTime' }),
    message: t.exposeString('message', { description: 'Of the newest.' }),
  }),
});

const AlertLevelEnum = builder.enumType('AlertLevel', { values: enumValues(['info', 'warning', 'error'] as const) });

const Alert = builder.objectRef<FoundAlert>('Alert').implement({
  description:
    'code: worker-missing | worker-lost | queue-paused | disk-low | backend-unavailable | failures-rising. The message says what to do.',
  fields: (t) => ({
    code: t.exposeString('code'),
    level: t.expose('level', { type: AlertLevelEnum }),
    message: t.exposeString('message'),
  }),
});

const Overview = builder.objectRef<OverviewAsked>('Overview').implement({
  description:
    'Waiting counts from the request to the first start, computing from there to the end. Null where nothing happened.',
  fields: (t) => ({
    alerts: t.field({
      type: [Alert],
      description: 'Worst first.',
      resolve: (figures, _args, { services }) => findAlerts(services.db.orm, figures),
    }),
    audioHoursDay: t.exposeFloat('audioHoursDay', { description: 'Finished in the last 24 hours.' }),
    computeSecondsP50: t.exposeFloat('computeSecondsP50', { nullable: true }),
    computeSecondsP95: t.exposeFloat('computeSecondsP95', { nullable: true }),
    computeSecondsP99: t.exposeFloat('computeSecondsP99', { nullable: true }),
    failed: t.exposeInt('failed', { description: 'All that are failed now.' }),
    failures: t.field({
      type: [FailureGroup],
      description: 'By the code of the error, most frequent first, at most 20.',
      resolve: ({ minutes }, _args, { services }) =>
        listFailureGroups(services.db.orm, { minutes, limit: FAILURE_GROUPS_MAX }),
    }),
    points: t.field({
      type: [OverviewPoint],
      description: `The asked time in ${POINTS} intervals of equal length, oldest first.`,
      complexity: { field: 1, multiplier: 10 },
      resolve: ({ minutes }, _args, { services }) => listOverviewPoints(services.db.orm, { minutes, count: POINTS }),
    }),
    realTimeFactorNow: t.float({
      nullable: true,
      description: 'Seconds inside models per second of audio, over the last five minutes.',
      resolve: (_figures, _args, { services }) => readRealTimeFactorNow(services.db.orm),
    }),
    running: t.exposeInt('running'),
    waitSecondsP50: t.exposeFloat('waitSecondsP50', { nullable: true }),
    waitSecondsP95: t.exposeFloat('waitSecondsP95', { nullable: true }),
    waitSecondsP99: t.exposeFloat('waitSecondsP99', { nullable: true }),
    waiting: t.exposeInt('waiting'),
  }),
});

builder.queryField('overview', (t) =>
  t.field({
    type: Overview,
    args: { minutes: t.arg.int({ defaultValue: 60 }) },
    resolve: async (_parent, args, { services }) => {
      const minutes = args.minutes ?? 60;
      if (minutes < 1 || minutes > MINUTES_MAX) {
        throw requestError('input-invalid', `Ask for 1 to ${MINUTES_MAX} minutes.`);
      }
      return { minutes, ...(await readOverviewFigures(services.db.orm, { minutes })) };
    },
  }),
);
