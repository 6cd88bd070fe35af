import { monitorEventLoopDelay } from 'node:perf_hooks';
import { listModelSpeeds, readDatabaseFacts, type DatabaseFacts } from '@voice-transcriber/db';
import type { ContainerLimits } from '@voice-transcriber/telemetry';
import { findProblems, type DoctorFinding as Finding } from '../system/find-problems.js';
import { readMachineFacts, type MachineFacts } from '../system/machine-facts.js';
import { recommend, type Recommendation as Advice } from '../system/recommend.js';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { Fact } from './fact.js';
import { listKnownModels } from './known-models.js';
import { readVersion } from '../read-version.js';

interface Report {
  readonly machine: MachineFacts;
  readonly database: DatabaseFacts;
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

const DoctorLevelEnum = builder.enumType('DoctorLevel', { values: enumValues(['ok', 'warning', 'error'] as const) });

const DoctorFinding = builder.objectRef<Finding>('DoctorFinding').implement({
  description: 'code: ffmpeg | disk | memory | processor | database | model | workers | backend',
  fields: (t) => ({
    code: t.exposeString('code'),
    fix: t.exposeString('fix', { nullable: true }),
    level: t.expose('level', { type: DoctorLevelEnum }),
    message: t.exposeString('message'),
  }),
});

const Recommendation = builder.objectRef<Advice>('Recommendation').implement({
  description:
    'For an installed model that was measured: the fastest way it ran, and the settings that fit this machine.',
  fields: (t) => ({
    audioSecondsPerSecond: t.exposeFloat('audioSecondsPerSecond'),
    backend: t.exposeString('backend'),
    concurrentJobs: t.exposeInt('concurrentJobs', { description: 'MAX_CONCURRENT_JOBS' }),
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
        recommend(await listKnownModels(services.modelStore), await listModelSpeeds(services.db.orm), machine),
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
      const [machine, database] = await Promise.all([
        readMachineFacts({ diskPath: services.config.storage.directory }),
        readDatabaseFacts(services.db.orm),
      ]);
      return { machine, database };
    },
  }),
);
