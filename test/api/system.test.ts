import { hostname } from 'node:os';
import { openDatabase } from '@voice-transcriber/db';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from './requests.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
});
afterAll(() => stack.stop());

test('the report tells machine, limits, disk, database and what is wrong, with what would help', async () => {
  const document = `{ system {
    machine { host processor cores coresMachine memoryBytesTotal memoryBytesAvailable system loadAverage uptimeSeconds }
    container { cpuCoresMax memoryBytesMax memoryBytesUsed } disk { bytesTotal bytesFree }
    database { version sizeBytes connections connectionsMax } versions { name value } eventLoopDelayMsP99
    findings { level code subject title message fix symptoms } recommendations { model backend concurrentJobs threads reason }
  } }`;
  const { json } = await query(stack, document);
  const { machine, disk, database, versions, findings, recommendations, eventLoopDelayMsP99 } = json.data.system;
  expect(machine.host).toBe(hostname());
  expect(machine.memoryBytesTotal).toBeGreaterThan(machine.memoryBytesAvailable);
  expect(disk.bytesTotal).toBeGreaterThan(disk.bytesFree);
  expect(Number.parseInt(database.version, 10)).toBeGreaterThanOrEqual(14);
  expect(database.sizeBytes).toBeGreaterThan(1e6);
  expect(database.connections).toBeGreaterThan(0);
  expect(eventLoopDelayMsP99).toBeGreaterThanOrEqual(0);
  const values = new Map(versions.map(({ name, value }: { name: string; value: string }) => [name, value]));
  expect(values.get('node')).toBe(process.versions.node);
  const workers = findings.find(({ code }: { code: string }) => code === 'workers');
  expect(workers).toMatchObject({
    level: 'PROBLEM',
    title: 'Workers',
    symptoms: ['slow-transcription'],
    fix: expect.stringContaining('vt up'),
  });
  const model = findings.find(({ code }: { code: string }) => code === 'model');
  expect(model).toMatchObject({ level: 'OK', fix: null });
  expect(recommendations).toEqual([]);
});

test('settings are recommended for installed models that were measured, by the fastest way they ran', async () => {
  const db = openDatabase(stack.databaseUrl, { connectionsMax: 1 });
  await db.sql`insert into model_speeds (host, backend, model, device, audio_seconds_per_second, measurements) values
    ('h', 'slow', 'base-q8_0', 'cpu', 2.5, 3), ('h', 'quick', 'base-q8_0', 'cpu', 9.1, 1), ('h', 'quick', 'never-installed', 'cpu', 99, 1)`;
  await db.close();
  const { json } = await query(
    stack,
    '{ system { machine { cores } recommendations { best model backend device host concurrentJobs concurrentJobsMeasured threads audioSecondsPerSecond reason } } }',
  );
  const { recommendations, machine } = json.data.system;
  const expected = { model: 'base-q8_0', backend: 'quick', device: 'cpu', host: 'h', audioSecondsPerSecond: 9.1 };
  expect(recommendations).toMatchObject([{ ...expected, best: true, concurrentJobsMeasured: false }]);
  expect(recommendations[0].concurrentJobs).toBeGreaterThanOrEqual(1);
  expect(recommendations[0].concurrentJobs).toBeLessThanOrEqual(machine.cores + 1);
  expect(recommendations[0].reason).toContain('9.1 s of audio per second (1 measurement, real jobs)');
});
