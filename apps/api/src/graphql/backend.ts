import { listBackendReports, type Orm, type StoredBackendReport, type StoredSelfTest } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { Fact } from './fact.js';

interface HostBackend extends StoredBackendReport {
  readonly host: string;
}

const BackendStatusEnum = builder.enumType('BackendStatus', {
  values: enumValues(['available', 'unavailable'] as const),
});

const Device = builder.objectRef<StoredBackendReport['devices'][number]>('Device').implement({
  fields: (t) => ({
    id: t.exposeString('id'),
    kind: t.exposeString('kind'),
    memoryBytesTotal: t.expose('memoryBytesTotal', { type: 'SafeInt' }),
    name: t.exposeString('name'),
  }),
});

const BackendCancellationEnum = builder.enumType('BackendCancellation', {
  description: 'How a window that runs is stopped: at once, when it is done, or by ending the process.',
  values: enumValues(['process', 'window', 'immediate'] as const),
});

const BackendCapabilities = builder
  .objectRef<NonNullable<StoredSelfTest['capabilities']>>('BackendCapabilities')
  .implement({
    description: 'What a backend said it can do with the model that it was tested with.',
    fields: (t) => ({
      cancellation: t.expose('cancellation', { type: BackendCancellationEnum }),
      languageDetection: t.exposeBoolean('languageDetection'),
      translation: t.exposeBoolean('translation'),
      windowsAtOnce: t.int({ resolve: ({ batchSize, concurrency }) => Math.max(batchSize, concurrency) }),
      wordTimes: t.exposeBoolean('wordTimes'),
    }),
  });

const SelfTest = builder.objectRef<StoredSelfTest>('SelfTest').implement({
  description: 'What a backend made of a clip whose text is known, on one device.',
  fields: (t) => ({
    audioSecondsPerSecond: t.exposeFloat('audioSecondsPerSecond', { nullable: true }),
    capabilities: t.expose('capabilities', {
      type: BackendCapabilities,
      nullable: true,
      description: 'Null when the model was not loaded.',
    }),
    deviceActual: t.exposeString('deviceActual', { nullable: true }),
    deviceRequested: t.exposeString('deviceRequested'),
    model: t.exposeString('model'),
    ok: t.exposeBoolean('ok'),
    problem: t.exposeString('problem', { nullable: true }),
    testedAt: t.field({ type: 'DateTime', resolve: ({ testedAt }) => new Date(testedAt) }),
    text: t.exposeString('text'),
  }),
});

export const Backend = builder.objectRef<HostBackend>('Backend');

builder.node(Backend, {
  id: { resolve: ({ host, name }) => `${name}@${host}` },
  loadMany: async (ids, { services }) => {
    const backends = await listBackends(services.db.orm);
    return ids.map((id) => backends.find(({ host, name }) => `${name}@${host}` === id));
  },
  fields: (t) => ({
    devices: t.field({ type: [Device], resolve: ({ devices }) => [...devices] }),
    facts: t.field({
      type: [Fact],
      resolve: ({ facts }) => Object.entries(facts).map(([name, value]) => ({ name, value })),
    }),
    fix: t.exposeString('fix', { nullable: true }),
    host: t.exposeString('host'),
    name: t.exposeString('name'),
    reason: t.exposeString('reason', { nullable: true }),
    selfTest: t.field({
      type: SelfTest,
      nullable: true,
      description: 'Of its first device; null while it was not tested.',
      resolve: ({ selfTests }) => selfTests?.[0],
    }),
    selfTests: t.field({ type: [SelfTest], resolve: ({ selfTests = [] }) => [...selfTests] }),
    status: t.expose('status', { type: BackendStatusEnum }),
    version: t.exposeString('version', { nullable: true }),
  }),
});

builder.queryField('backends', (t) =>
  t.field({ type: [Backend], resolve: (_parent, _args, { services }) => listBackends(services.db.orm) }),
);

/** What the running workers found, each backend of each machine once, as the worker with the freshest heartbeat says. */
async function listBackends(orm: Orm): Promise<HostBackend[]> {
  const backends = new Map<string, HostBackend>();
  for (const { host, backends: reports } of await listBackendReports(orm)) {
    for (const report of reports) {
      const key = `${host} ${report.name}`;
      if (!backends.has(key)) backends.set(key, { ...report, host });
    }
  }
  return [...backends.values()].sort((a, b) => a.host.localeCompare(b.host) || a.name.localeCompare(b.name));
}
