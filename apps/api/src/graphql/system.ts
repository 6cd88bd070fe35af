import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readDatabaseFacts, type DatabaseFacts } from '@voice-transcriber/db';
import {
  CHECKS,
  readMeasurements,
  recommend,
  SYMPTOMS,
  titleOf,
  type Finding,
  type Recommendation as Advice,
} from '@voice-transcriber/doctor';
import type { ContainerLimits } from '@voice-transcriber/telemetry';
import { findProblems } from '../system/find-problems.js';
import { readMachineFacts, type MachineFacts } from '../system/machine-facts.js';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { Fact } from './fact.js';
import { readVersion } from '../read-version.js';

interface Report {
  readonly machine: MachineFacts;
  readonly database: DatabaseFacts;
  /** That the question to it took. */
  readonly databaseMilliseconds: number;
}

const DELAY_RESOLUTION_MILLISECONDS = 20;
const NANOSECONDS_PER_MILLISECOND = 1e6;
/** Of this process, since it started; costs a timer. */
const eventLoopDelay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MILLISECONDS });
eventLoopDelay.enable();

const Machine = builder.objectRef<MachineFacts>('Machine').implement({
  description: 'The one that this API runs on; those of the workers are in systemMetrics and backends.',
  fields: (t) => ({
    cores: t.exposeInt('cores', { description: 'That this process may use.' }),
    coresMachine: t.exposeInt('coresMachine'),
    host: t.exposeString('host'),
    loadAverage: t.exposeFloat('loadAverage', { description: 'Of the last minute.' }),
    memoryBytesAvailable: t.expose('memoryBytesAvailable', { type: 'SafeInt' }),
    memoryBytesTotal: t.expose('memoryBytesTotal', { type: 'SafeInt' }),
    processor: t.exposeString('processor'),
    system: t.exposeString('system'),
    uptimeSeconds: t.exposeFloat('uptimeSeconds'),
  }),
});

const ContainerLimitsType = builder.objectRef<ContainerLimits>('ContainerLimits').implement({
  description: 'Of the control group; null where it sets none.',
  fields: (t) => ({
    cpuCoresMax: t.float({ nullable: true, resolve: ({ cpuCoresMax }) => cpuCoresMax }),
    memoryBytesMax: t.field({ type: 'SafeInt', nullable: true, resolve: ({ memoryBytesMax }) => memoryBytesMax }),
    memoryBytesUsed: t.field({ type: 'SafeInt', nullable: true, resolve: ({ memoryBytesUsed }) => memoryBytesUsed }),
  }),
});

const Disk = builder.objectRef<MachineFacts['disk']>('Disk').implement({
  fields: (t) => ({
    bytesFree: t.expose('bytesFree', { type: 'SafeInt' }),
    bytesTotal: t.expose('bytesTotal', { type: 'SafeInt' }),
  }),
});

const DatabaseReport = builder.objectRef<DatabaseFacts>('DatabaseReport').implement({
  fields: (t) => ({
    connections: t.exposeInt('connections', { description: 'Of all programs to this database.' }),
    connectionsMax: t.exposeInt('connectionsMax'),
    sizeBytes: t.expose('sizeBytes', { type: 'SafeInt' }),
    version: t.exposeString('version'),
  }),
});

const DoctorLevelEnum = builder.enumType('DoctorLevel', { values: enumValues(['ok', 'warning', 'problem'] as const) });

const DoctorFinding = builder.objectRef<Finding>('DoctorFinding').implement({
  description: 'One check of "vt doctor" and what it found.',
  fields: (t) => ({
    code: t.exposeString('code', { description: Object.keys(CHECKS).join(' | ') }),
    fix: t.string({ nullable: true, description: 'What to do.', resolve: ({ fix }) => fix }),
    level: t.expose('level', { type: DoctorLevelEnum }),
    message: t.exposeString('measured', { description: 'What was looked at or measured.' }),
    subject: t.string({
      nullable: true,
      description: 'Which of several of a kind: a backend, a model, a worker.',
      resolve: ({ subject }) => subject,
    }),
    symptoms: t.stringList({
      description: `What a person would notice: ${SYMPTOMS.join(' | ')}`,
      resolve: ({ code }) => [...CHECKS[code].symptoms],
    }),
    title: t.string({ description: 'For people: the check and its subject.', resolve: titleOf }),
  }),
});

const Recommendation = builder.objectRef<Advice>('Recommendation').implement({
  description:
    'For an installed model that was measured: the fastest way it ran, and the settings that fit this machine.',
  fields: (t) => ({
    audioSecondsPerSecond: t.exposeFloat('audioSecondsPerSecond'),
    backend: t.exposeString('backend'),
    best: t.exposeBoolean('isBest', {
      description: 'The most accurate model that makes ten seconds of audio a second here, else the fastest.',
    }),
    concurrentJobs: t.exposeInt('concurrentJobs', { description: 'MAX_CONCURRENT_JOBS' }),
    concurrentJobsMeasured: t.exposeBoolean('concurrentJobsMeasured', {
      description:
        'Whether that number was measured, by "vt doctor" or a benchmark; else it is worked out from the cores.',
    }),
    device: t.exposeString('device'),
    host: t.exposeString('host', { description: 'Where it was measured.' }),
    model: t.exposeString('model'),
    reason: t.exposeString('reason'),
    threads: t.exposeInt('threads', { description: 'INFERENCE_THREADS' }),
  }),
});

const SystemReport = builder.objectRef<Report>('SystemReport').implement({
  fields: (t) => ({
    container: t.field({ type: ContainerLimitsType, resolve: ({ machine }) => machine.container }),
    database: t.expose('database', { type: DatabaseReport }),
    disk: t.field({
      type: Disk,
      description: 'Where recordings are stored.',
      resolve: ({ machine }) => machine.disk,
    }),
    eventLoopDelayMsP99: t.float({
      description: 'How late this API process comes to a timer, since its start.',
      resolve: () =>
        Math.max(0, eventLoopDelay.percentile(99) / NANOSECONDS_PER_MILLISECOND - DELAY_RESOLUTION_MILLISECONDS),
    }),
    findings: t.field({
      type: [DoctorFinding],
      description: 'What "vt doctor" would say, as far as it can be told from here.',
      resolve: (report, _args, { services }) => findProblems(services, report),
    }),
    machine: t.expose('machine', { type: Machine }),
    recommendations: t.field({
      type: [Recommendation],
      resolve: async ({ machine }, _args, { services }) =>
        recommend(
          (await services.modelStore.list()).map(({ manifest }) => manifest),
          await readMeasurements(services.db.orm),
          machine,
        ),
    }),
    versions: t.field({
      type: [Fact],
      resolve: async ({ database }) => [
        { name: 'product', value: await readVersion() },
        { name: 'node', value: process.versions.node },
        { name: 'postgres', value: database.version },
      ],
    }),
  }),
});

builder.queryField('system', (t) =>
  t.field({
    type: SystemReport,
    resolve: async (_parent, _args, { services }) => {
      const machine = await readMachineFacts({ diskPath: services.config.storage.directory });
      const askedAt = performance.now();
      const database = await readDatabaseFacts(services.db.orm);
      return { machine, database, databaseMilliseconds: performance.now() - askedAt };
    },
  }),
);
