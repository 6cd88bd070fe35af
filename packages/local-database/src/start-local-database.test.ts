import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterEach, expect, test } from 'vitest';
import { isAlive, signalProcess } from './processes.js';
import { type LocalDatabase, startLocalDatabase } from './start-local-database.js';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const disposals: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
}, 60_000);

async function makeDirectory(mode = 0o755): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vt-database-'));
  await chmod(directory, mode);
  disposals.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function start(directory: string): Promise<LocalDatabase> {
  const database = await startLocalDatabase({ directory, durable: false, logger });
  disposals.push(() => database.stop());
  return database;
}

async function query<Row>(url: string, statement: string): Promise<Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return (await sql.unsafe(statement)) as unknown as Row[];
  } finally {
    await sql.end();
  }
}

async function waitForEnd(pid: number, milliseconds: number): Promise<boolean> {
  for (let waited = 0; waited < milliseconds; waited += 50) {
    if (!isAlive(pid)) return true;
    await delay(50);
  }
  return false;
}

test('data is there after a restart, and after kill -9 of the server', { timeout: 60_000 }, async () => {
  const directory = join(await makeDirectory(), 'postgres');
  const first = await start(directory);
  await query(first.url, 'create table kept (value int)');
  await query(first.url, 'insert into kept values (1)');
  expect((await stat(join(directory, 'password'))).mode & 0o777).toBe(0o600);
  await first.stop();

  const second = await start(directory);
  await query(second.url, 'insert into kept values (2)');
  signalProcess(second.pid, 'SIGKILL');
  await second.exited;

  const third = await start(directory);
  expect(await query(third.url, 'select value from kept order by value')).toEqual([{ value: 1 }, { value: 2 }]);
  expect(
    (await query<{ listen: string }>(third.url, "select current_setting('listen_addresses') as listen"))[0]?.listen,
  ).toBe('127.0.0.1');
});

test(
  'the server ends with the program that started it, even when both that program and the guard are killed, the next start takes over',
  { timeout: 60_000 },
  async () => {
    const directory = join(await makeDirectory(), 'postgres');
    const program = join(await makeDirectory(), 'starter.mjs');
    const library = fileURLToPath(new URL('../dist/index.js', import.meta.url));
    await writeFile(
      program,
      `import { startLocalDatabase } from ${JSON.stringify(library)};
const log = () => undefined;
const database = await startLocalDatabase({ directory: ${JSON.stringify(directory)}, durable: false, logger: { debug: log, info: log, warn: log, error: log } });
console.log(JSON.stringify({ pid: database.pid, url: database.url }));
setInterval(() => undefined, 1000);`,
    );
    const startProgram = async () => {
      const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      disposals.push(async () => Promise.resolve(child.kill('SIGKILL')));
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      return { child, ...(JSON.parse(line.toString()) as { pid: number; url: string }) };
    };

    const guarded = await startProgram();
    await query(guarded.url, 'create table kept (value int)');
    await expect(startLocalDatabase({ directory, logger })).rejects.toMatchObject({ code: 'directory-in-use' });
    guarded.child.kill('SIGKILL');
    expect(await waitForEnd(guarded.pid, 10_000)).toBe(true);

    const orphaned = await startProgram();
    for (const guard of await findGuards(orphaned.pid)) signalProcess(guard, 'SIGKILL');
    orphaned.child.kill('SIGKILL');
    await once(orphaned.child, 'exit');
    expect(isAlive(orphaned.pid)).toBe(true);
    const next = await start(directory);
    expect(isAlive(orphaned.pid)).toBe(false);
    expect(await query(next.url, 'select * from kept')).toEqual([]);
  },
);

test(
  'a postmaster.pid whose number belongs to another program does not keep the database from starting',
  { timeout: 60_000 },
  async () => {
    const directory = join(await makeDirectory(), 'postgres');
    await (await start(directory)).stop();
    const file = join(directory, 'cluster', 'postmaster.pid');
    await writeFile(file, `${String(process.pid)}\n${join(directory, 'cluster')}\n1\n5432\n\n127.0.0.1\n\nready\n`);
    const database = await start(directory);
    expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  },
);

test('the data directory of another major version is refused with what to do', { timeout: 60_000 }, async () => {
  const directory = join(await makeDirectory(), 'postgres');
  await (await start(directory)).stop();
  await writeFile(join(directory, 'cluster', 'PG_VERSION'), '15\n');
  await expect(start(directory)).rejects.toMatchObject({
    code: 'version-mismatch',
    message: expect.stringContaining('pg_dump') as string,
  });
});

test.runIf(process.getuid?.() === 0)(
  'as root, a data directory that the system user cannot enter works and keeps its data when it is renamed',
  { timeout: 60_000 },
  async () => {
    const closed = await makeDirectory(0o700);
    await mkdir(join(closed, 'data'));
    const first = await start(join(closed, 'data', 'postgres'));
    await query(first.url, 'create table kept (value int)');
    const cluster = (await readFile(join(closed, 'data', 'postgres', 'cluster-location'), 'utf8')).trim();
    disposals.push(() => rm(join(cluster, '..'), { recursive: true, force: true }));
    await first.stop();
    const { rename } = await import('node:fs/promises');
    await rename(join(closed, 'data'), join(closed, 'moved'));
    const second = await start(join(closed, 'moved', 'postgres'));
    expect(await query(second.url, 'select * from kept')).toEqual([]);
    expect((await stat(cluster)).uid).not.toBe(0);
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
  },
);

async function findGuards(serverPid: number): Promise<number[]> {
  const { readdir } = await import('node:fs/promises');
  const guards: number[] = [];
  for (const name of await readdir('/proc')) {
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(`voice-transcriber-guard\0${String(serverPid)}\0`)) guards.push(Number(name));
  }
  return guards;
}
