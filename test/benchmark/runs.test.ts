import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { parseOrder, type BenchmarkOrder } from '@voice-transcriber/benchmark';
import {
  findBenchmarkRuns,
  listBenchmarkResults,
  openDatabase,
  readModelSpeeds,
  type Database,
} from '@voice-transcriber/db';
import { startBenchmark } from '@voice-transcriber/jobs';
import { REPOSITORY_DIRECTORY, startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../api/requests.js';
import { globalId } from '../api/seed.js';

const VT = join(REPOSITORY_DIRECTORY, 'apps', 'cli', 'dist', 'main.js');
const PROGRAM = join(REPOSITORY_DIRECTORY, 'apps', 'worker', 'dist', 'benchmark.js');
/** Long enough to be met in the middle. */
const SLOW = 'fake:slow@speed=20';

let directory: string;
let stack: Stack;
let db: Database;
let environment: Record<string, string>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'benchmark-runs-'));
  await installFakeModels(join(directory, 'models'));
  environment = {
    VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
    MODELS_DIR: join(directory, 'models'),
    DEFAULT_MODEL: 'fake',
  };
  stack = await startStack({ env: environment });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
});
afterAll(async () => {
  await db.close();
  await stack.stop();
  await rm(directory, { recursive: true, force: true });
});

async function enqueue(order: Partial<BenchmarkOrder> = {}): Promise<string> {
  const started = await startBenchmark(db, { order: parseOrder({ backends: ['fake'], iterations: 2, ...order }) });
  if (!started.ok) throw new Error(started.message);
  return started.run.id;
}

async function stateOf(id: string): Promise<string | undefined> {
  return (await findBenchmarkRuns(db.orm, { ids: [id] }))[0]?.state;
}

const ended = (id: string) =>
  waitFor(async () => !['queued', 'running'].includes((await stateOf(id)) ?? 'gone'), {
    timeoutMilliseconds: 60_000,
    what: 'the benchmark has ended',
  });

const measuring = (id: string) =>
  waitFor(async () => ((await findBenchmarkRuns(db.orm, { ids: [id] }))[0]?.progress?.fraction ?? 0) > 0, {
    timeoutMilliseconds: 60_000,
    what: 'something was measured',
  });

test('a benchmark started over GraphQL is measured by a worker, followed, exported, compared and deleted', async () => {
  const start = await query(
    stack,
    `mutation { startBenchmark(input: { backends: ["fake"], iterations: 2 }) { ... on BenchmarkRunPayload { benchmarkRun { id state } } } }`,
  );
  const { id, state } = start.json.data.startBenchmark.benchmarkRun;
  expect(state).toBe('QUEUED');
  const rowId = Buffer.from(String(id), 'base64url').toString().split(':')[1] ?? '';
  await ended(rowId);
  const { json } = await query(
    stack,
    `query ($id: ID!) { benchmarkRun(id: $id) { state machine { cores } progress { fraction }
      results { backend state iterations { durationSeconds } summary { speed wordErrors { rate } } }
      report(format: CSV) comparison { cells { backend } }
    } benchmarkRuns(first: 1) { totalCount nodes { id } } }`,
    { id },
  );
  expect(json.errors).toBeUndefined();
  expect(json.data.benchmarkRun).toMatchObject({ state: 'COMPLETED', progress: { fraction: 1 }, comparison: null });
  expect(json.data.benchmarkRun.results[0].iterations).toHaveLength(2);
  expect(json.data.benchmarkRun.report).toMatch(/^backend,model,/);
  expect(json.data.benchmarkRuns).toMatchObject({ totalCount: 1, nodes: [{ id }] });
  const deleted = await query(stack, `mutation ($id: ID!) { deleteBenchmarkRun(input: { id: $id }) { __typename } }`, {
    id,
  });
  expect(deleted.json.data.deleteBenchmarkRun.__typename).toBe('DeleteBenchmarkRunPayload');
  expect(await stateOf(rowId)).toBeUndefined();
});

test('what a benchmark measured is what selection knows, with its origin', async () => {
  const id = await enqueue({ prompt: SLOW });
  await ended(id);
  const [run] = await findBenchmarkRuns(db.orm, { ids: [id] });
  const [speed] = (await readModelSpeeds(db.orm, { host: run?.host ?? '' })).filter(
    ({ backend }) => backend === 'fake',
  );
  expect(speed).toMatchObject({ source: 'benchmark', measurements: 2 });
});

test('a wrong order is refused by the name of its field', async () => {
  const { json } = await query(
    stack,
    `mutation { startBenchmark(input: { threads: [0] }) { ... on InvalidInputError { field message } } }`,
  );
  expect(json.data.startBenchmark.field).toBe('threads');
});

test('cancelling ends the measuring and keeps what was measured', async () => {
  const id = await enqueue({ prompt: SLOW, iterations: 200 });
  await measuring(id);
  await query(stack, `mutation ($id: ID!) { cancelBenchmark(input: { id: $id }) { __typename } }`, {
    id: globalId('BenchmarkRun', id),
  });
  await ended(id);
  expect(await stateOf(id)).toBe('cancelled');
  const [result] = await listBenchmarkResults(db.orm, { runIds: [id] });
  expect(result).toMatchObject({ state: 'cancelled' });
});

test('a worker that is killed leaves no benchmark running: it is failed, and the next one is measured', async () => {
  const id = await enqueue({ prompt: SLOW, iterations: 200 });
  await measuring(id);
  await stack.killWorker(0);
  await stack.startWorker(0);
  await ended(id);
  const [run] = await findBenchmarkRuns(db.orm, { ids: [id] });
  expect(run).toMatchObject({ state: 'failed', error: { code: 'benchmark-interrupted' } });
  const next = await enqueue();
  await ended(next);
  expect(await stateOf(next)).toBe('completed');
});

test('a measuring program that is killed outright is found and failed', async () => {
  const child = startProgram({ prompt: SLOW, iterations: 200, backends: ['fake'] });
  const started = await firstLine(child);
  const { runId } = JSON.parse(started) as { runId: string };
  await measuring(runId);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await ended(runId);
  expect(await stateOf(runId)).toBe('failed');
});

test('two benchmarks on one host would measure each other: the second is refused', async () => {
  const child = startProgram({ prompt: SLOW, iterations: 200, backends: ['fake'] });
  const { runId } = JSON.parse(await firstLine(child)) as { runId: string };
  const second = startProgram({ backends: ['fake'] });
  expect(JSON.parse(await firstLine(second))).toMatchObject({ type: 'refused', code: 'benchmark-running' });
  expect(await exitCode(second)).toBe(75);
  // Whoever started it is gone when its standard input closes.
  child.stdin?.end();
  await exitCode(child);
  expect(await stateOf(runId)).toBe('failed');
});

test('vt benchmark measures, prints, lists and compares', async () => {
  const out = join(directory, 'report.json');
  const vt = async (...words: string[]) => {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [VT, 'benchmark', ...words], {
      env: { PATH, DATA_DIR: stack.dataDirectory, DATABASE_URL: stack.databaseUrl, ...environment },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, stdout, stderr };
  };
  const measured = await vt(
    '--backends',
    'fake',
    '--threads',
    '1,2',
    '--iterations',
    '2',
    '--format',
    'json',
    '--out',
    out,
  );
  expect(measured).toMatchObject({ code: 0, stdout: '' });
  expect(measured.stderr).toContain('iteration 2');
  const report = JSON.parse(await readFile(out, 'utf8')) as { id: string; results: unknown[] };
  expect(report.results).toHaveLength(2);
  expect((await vt('list')).stdout).toContain(report.id.slice(0, 8));
  expect((await vt('show', report.id.slice(0, 8), '--format', 'markdown')).stdout).toContain('| fake | fake | cpu |');
  expect((await vt('baseline', report.id)).code).toBe(0);
  await vt('--backends', 'fake', '--threads', '1,2', '--iterations', '2');
  expect((await vt('compare', 'latest')).stdout).toContain(report.id);
  expect(await vt('--models', 'nope')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No model called "nope" is installed. Installed: ') as string,
  });
  expect((await vt('show', 'latest', '--format', 'csv')).stdout).not.toContain('nope');
  expect(await vt('--threads', 'many')).toMatchObject({ code: 2 });
  expect(await vt('show')).toMatchObject({ code: 2 });
});

function startProgram(order: Partial<BenchmarkOrder>): ChildProcess {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM], {
    env: { PATH, DATA_DIR: stack.dataDirectory, DATABASE_URL: stack.databaseUrl, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin?.write(`${JSON.stringify({ order })}\n`);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [data] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  child.stdout?.resume();
  return data.toString().split('\n')[0] ?? '';
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}
