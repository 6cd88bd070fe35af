import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '@voice-transcriber/testkit';
import { startDelayingProxy, type DelayingProxy } from './delaying-proxy.js';
import { expectInvariants } from './expect-invariants.js';
import { install, type Installation } from './installation.js';
import { percentile, printFigure, seconds } from './report-figures.js';
import type { SupervisedWorker } from './supervised-worker.js';

/** Where a worker is stopped. The two inside a transaction hold the lock of its transcription. */
const MOMENTS = ['anywhere', 'inside a statement', 'between two statements', 'anywhere'] as const;
type Moment = (typeof MOMENTS)[number];
/** One is enough for the guarantee; more of them for the figures: ZOMBIE_ROUNDS=6 npm test -- test/chaos/zombie.test.ts */
const ROUNDS = Number(process.env['ZOMBIE_ROUNDS'] ?? 1);
const RESUMED_MILLISECONDS_MAX = 11_000;
const ANSWER_DELAY_MILLISECONDS = 15;
const AUDIO_SECONDS = 300;

interface Victim {
  readonly worker: SupervisedWorker;
  readonly proxy: DelayingProxy;
}

let installation: Installation;
let heir: SupervisedWorker;
const victims: Victim[] = [];

beforeAll(async () => {
  installation = await install({
    env: { AUDIO_CHUNK_SIZE: String(AUDIO_SECONDS), MAX_CONCURRENT_JOBS: String(MOMENTS.length) },
  });
  heir = installation.workers[0] as SupervisedWorker;
  victims.push(
    ...(await Promise.all(
      MOMENTS.map(async () => {
        const { databaseUrl } = installation;
        const proxy = await startDelayingProxy(databaseUrl, { delayMilliseconds: ANSWER_DELAY_MILLISECONDS });
        const worker = await installation.addWorker({ DATABASE_URL: proxy.url, MAX_CONCURRENT_JOBS: '1' });
        return { worker, proxy };
      }),
    )),
  );
});
afterAll(async () => {
  for (const { worker } of victims) worker.signal('SIGCONT');
  await installation.stop();
  for (const { proxy } of victims) await proxy.close();
});

test('wherever a worker stands still, another goes on within eleven seconds, and what the first one writes later is refused', async () => {
  const claimedAfter: number[] = [];
  const committedAfter: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const held = await giveEachVictimAJob(round);
    const stops = await Promise.all(
      MOMENTS.map(async (moment, index) => {
        const { id, victim } = held[index] as Held;
        const stoppedAt = await stopAt(moment, victim);
        const zombie = victim.worker.workerId;
        const committed = await countCommitted(id, zombie);
        const resumed = (check: () => Promise<boolean>, what: string): Promise<number> =>
          waitFor(check, { timeoutMilliseconds: 60_000, what: `${what} after a stop ${moment}` }).then(
            () => performance.now() - stoppedAt,
          );
        const claimed = await resumed(() => isHeldBy(id, heir.workerId), 'a claim of the heir');
        const window = await resumed(async () => (await countCommitted(id, heir.workerId)) > 0, 'a window of the heir');
        return { id, victim, committed, claimed, window };
      }),
    );
    claimedAfter.push(...stops.map(({ claimed }) => claimed));
    committedAfter.push(...stops.map(({ window }) => window));
    for (const { victim } of stops) victim.worker.signal('SIGCONT');
    for (const { id, victim, committed } of stops) {
      const { workerId } = victim.worker;
      await waitFor(() => isFencedAndAlive(workerId, round + 1), {
        timeoutMilliseconds: 15_000,
        what: 'the refused work to be counted and the zombie to be back',
      });
      expect((await installation.finished(id)).state).toBe('completed');
      expect(await countCommitted(id, workerId), 'windows of the zombie').toBe(committed);
    }
  }
  printFigure('SIGSTOP to the claim of another worker, p95', seconds(percentile(claimedAfter, 0.95)), '11 s');
  printFigure('SIGSTOP to the claim of another worker, max', seconds(Math.max(...claimedAfter)), '11 s');
  printFigure('SIGSTOP to its next window, max', seconds(Math.max(...committedAfter)), 'and one window');
  expect(Math.max(...claimedAfter)).toBeLessThan(RESUMED_MILLISECONDS_MAX);
  expect(victims.map(({ worker }) => worker.starts)).toEqual(victims.map(() => 1));
});

test('workers that stood still work again, and every invariant holds', async () => {
  const held = await giveEachVictimAJob(ROUNDS);
  for (const { id } of held) expect((await installation.finished(id)).state).toBe('completed');
  await expectInvariants(installation);
});

interface Held {
  readonly id: string;
  readonly victim: Victim;
}

/** One transcription for each, with a window inside the model; the heir looks on meanwhile. */
async function giveEachVictimAJob(round: number): Promise<Held[]> {
  await command(heir, 'drain');
  const ids = await Promise.all(
    MOMENTS.map((_moment, index) =>
      installation.submit({
        audio: { seconds: AUDIO_SECONDS },
        model: 'fake-concurrent',
        prompt: `fake:slow@speed=10,times=8,key=zombie-${round}-${index}`,
      }),
    ),
  );
  const held = await waitFor(
    async () => {
      const rows = await installation.db.orm.execute<{ id: string; owner: string }>(sql`
        select transcription_id as id, lease_owner as owner from chunks where native_started_at is not null`);
      return rows.length === ids.length ? [...rows] : undefined;
    },
    { timeoutMilliseconds: 30_000, what: 'every worker to have a window inside' },
  );
  await command(heir, null);
  return victims.map((victim) => {
    const row = held.find(({ owner }) => owner === victim.worker.workerId);
    if (!row) throw new Error('A worker has no job.');
    return { id: row.id, victim };
  });
}

async function command(worker: SupervisedWorker, wanted: 'drain' | null): Promise<void> {
  const { db } = installation;
  await db.orm.execute(sql`update workers set command = ${wanted} where id = ${worker.workerId}`);
  await waitFor(
    async () => {
      const [row] = await db.orm.execute<{ state: string }>(
        sql`select state::text as state from workers where id = ${worker.workerId}`,
      );
      return row?.state === (wanted === null ? 'running' : 'draining');
    },
    { timeoutMilliseconds: 10_000, what: 'the command to be heard' },
  );
}

/** Returns when it was stopped. */
async function stopAt(moment: Moment, { worker, proxy }: Victim): Promise<number> {
  if (moment === 'anywhere') {
    await pause(Math.random() * 3000);
    worker.signal('SIGSTOP');
    return performance.now();
  }
  return waitFor(
    async () => {
      if ((await findTransaction(proxy)) !== moment) return undefined;
      worker.signal('SIGSTOP');
      const stoppedAt = performance.now();
      // By now it may have gone on: what is on its way arrives first.
      await pause(5 * ANSWER_DELAY_MILLISECONDS);
      if ((await findTransaction(proxy)) === moment) return stoppedAt;
      worker.signal('SIGCONT');
      return undefined;
    },
    { timeoutMilliseconds: 20_000, intervalMilliseconds: 1, what: `a stop ${moment}` },
  );
}

/** Where the program behind the proxy stands in a transaction that holds locks, when it waits for none itself. */
async function findTransaction(proxy: DelayingProxy): Promise<Moment | undefined> {
  const ports = JSON.stringify(proxy.ports());
  const [row] = await installation.db.orm.execute<{ state: string }>(sql`
    select state from pg_stat_activity
    where client_port in (select jsonb_array_elements_text(${ports}::jsonb)::int) and backend_xid is not null and wait_event = 'ClientRead'`);
  if (row === undefined) return undefined;
  return row.state === 'active' ? 'inside a statement' : 'between two statements';
}

async function isHeldBy(transcriptionId: string, workerId: string): Promise<boolean> {
  const rows = await installation.db.orm.execute(sql`
    select from attempts where transcription_id = ${transcriptionId} and worker_id = ${workerId} and kind = 'chunk'`);
  return rows.length > 0;
}

async function countCommitted(transcriptionId: string, workerId: string): Promise<number> {
  const [row] = await installation.db.orm.execute<{ count: number }>(sql`
    select count(*)::int as count from windows where transcription_id = ${transcriptionId} and worker_id = ${workerId}`);
  return row?.count ?? 0;
}

async function isFencedAndAlive(workerId: string, times: number): Promise<boolean> {
  const [row] = await installation.db.orm.execute<{ fenced: number; state: string }>(
    sql`select fenced_writes as fenced, state::text as state from workers where id = ${workerId}`,
  );
  return row !== undefined && row.fenced >= times && row.state === 'running';
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
