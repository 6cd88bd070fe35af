import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClientError, createClient, type ServerHealth } from '@voice-transcriber/client';
import type { Config } from '@voice-transcriber/config';
import { openDatabase } from '@voice-transcriber/db';
import { findServer } from '../transcribe/server.js';
import { readRunningState } from '../up/data-directory.js';
import { failed, type Finding, ok, warning } from './finding.js';

const ANSWER_MILLISECONDS = 10_000;

export async function checkDatabase(config: Config): Promise<Finding> {
  const running = await readRunningState(config.dataDirectory);
  const url = config.databaseUrl ?? running?.databaseUrl;
  if (url === undefined) {
    const isThere = existsSync(join(config.dataDirectory, 'postgres'));
    return ok(
      'Database',
      `embedded PostgreSQL, ${isThere ? 'stopped' : 'created at the first start'} ("vt up" starts it)`,
    );
  }
  const { host } = new URL(url);
  const database = openDatabase(url, { connectionsMax: 1, applicationName: 'voice-transcriber-doctor' });
  try {
    const startedAt = performance.now();
    const [row] = await database.sql<{ version: string }[]>`select current_setting('server_version') as version`;
    const milliseconds = performance.now() - startedAt;
    const detail = `PostgreSQL ${row?.version ?? ''} at ${host}, ${milliseconds.toFixed(0)} ms`;
    if (Number.parseInt(row?.version ?? '0', 10) < 14) return failed('Database', detail, 'Use PostgreSQL 14 or newer.');
    return ok('Database', detail);
  } catch (error) {
    const fix =
      config.databaseUrl === undefined ? 'Start it again with "vt up".' : 'Start PostgreSQL, or correct DATABASE_URL.';
    return failed(
      'Database',
      `${host} does not answer: ${(error as Error).message || (error as NodeJS.ErrnoException).code || 'no reason given'}`,
      fix,
    );
  } finally {
    await database.close();
  }
}

export async function checkServer(config: Config): Promise<Finding[]> {
  const server = await findServer(config, {});
  if (!server) return [warning('Server', 'none is known', 'Start one with "vt up", or set VT_URL and VT_API_KEY.')];
  const ready = await askReadiness(server.url);
  if (ready === undefined)
    return [warning('Server', `${server.url} does not answer`, 'Start it with "vt up", or correct VT_URL.')];
  if (!ready)
    return [
      failed(
        'Server',
        `${server.url} answers, but is not ready`,
        'Look into the logs folder of the data directory; the database may be away.',
      ),
    ];
  try {
    const client = createClient(server);
    const { name, scope } = await client.viewer();
    return [
      ok('Server', `${server.url} is ready; signed in as ${name} (${scope.toLowerCase()})`),
      ...describeHealth(await client.health()),
    ];
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const fix =
      error.code === 'not-allowed'
        ? 'Set VT_API_KEY to a valid key, or restart "vt up", which makes one.'
        : 'Look into the logs folder of the data directory.';
    return [failed('Server', error.message, fix)];
  }
}

async function askReadiness(url: string): Promise<boolean | undefined> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS) })).ok;
  } catch {
    return undefined;
  }
}

function describeHealth({ workers, queue, latest }: ServerHealth): Finding[] {
  const running = workers.filter(({ state }) => state === 'RUNNING');
  const waiting = `${String(queue.running)} running, ${String(queue.waiting)} waiting`;
  const findings = [
    running.length === 0
      ? failed(
          'Workers',
          `none is running (${waiting})`,
          'Restart with "vt up"; see logs/worker.log in the data directory.',
        )
      : ok(
          'Workers',
          `${String(running.length)} with ${String(running.reduce((sum, { slots }) => sum + slots, 0))} slots; ${waiting}`,
        ),
  ];
  if (queue.paused)
    findings.push(warning('Queue', 'paused', 'Resume it in the console, or with the resumeQueue mutation.'));
  const measured = latest.filter(
    ({ audioSeconds, inferenceSeconds }) => (audioSeconds ?? 0) > 0 && inferenceSeconds > 0,
  );
  if (measured.length > 0) findings.push(describeSpeed(measured));
  return findings;
}

function describeSpeed(latest: ServerHealth['latest']): Finding {
  const audioSeconds = latest.reduce((sum, one) => sum + (one.audioSeconds ?? 0), 0);
  const inferenceSeconds = latest.reduce((sum, one) => sum + one.inferenceSeconds, 0);
  const speed = audioSeconds / inferenceSeconds;
  const [first] = latest;
  const engine = [first?.model, first?.backend, first?.device].filter(Boolean).join(', ');
  const detail = `${speed.toFixed(1)}× real time over the last ${String(latest.length)} transcriptions (${engine})`;
  if (speed >= 1) return ok('Speed', detail);
  return warning(
    'Speed',
    detail,
    'Use a smaller model (DEFAULT_MODEL), lower MAX_CONCURRENT_JOBS, and stop other programs that need the processor.',
  );
}
