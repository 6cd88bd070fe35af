import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@voice-transcriber/client';
import { createProcessWatch, REPOSITORY_DIRECTORY, waitFor } from '@voice-transcriber/testkit';
import { afterEach, expect, test } from 'vitest';

const VT = join(REPOSITORY_DIRECTORY, 'apps', 'cli', 'dist', 'main.js');
/** Longer than any run in these tests, shorter than the limit of a test: what hangs is told with its output. */
const RUN_MILLISECONDS_MAX = 240_000;
const disposals: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

interface Running {
  child: ChildProcess;
  output(): string;
  ended: Promise<number | null>;
}

async function makeDataDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vt-start-'));
  await chmod(directory, 0o711);
  disposals.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function start(command: string, commandArguments: string[], env: Record<string, string>): Running {
  const { PATH = '', HOME = '/' } = process.env;
  const child = spawn(command, commandArguments, {
    cwd: REPOSITORY_DIRECTORY,
    env: { PATH, HOME, API_PORT: '0', CONSOLE_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve);
    setTimeout(() => {
      reject(new Error(`It did not end in ${String(RUN_MILLISECONDS_MAX / 1000)} s. Its output:\n${output}`));
    }, RUN_MILLISECONDS_MAX).unref();
  });
  ended.catch(() => undefined);
  disposals.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output: () => output, ended };
}

async function startUp(directory: string): Promise<Running & { apiUrl: string }> {
  const running = start(process.execPath, [VT, 'up'], { DATA_DIR: directory });
  const apiUrl = await waitFor(
    () => {
      if (running.child.exitCode !== null) throw new Error(running.output());
      return running.output().includes('Serving.') && /GraphQL +(http:\S+)\/graphql/.exec(running.output())?.[1];
    },
    { timeoutMilliseconds: 120_000, what: 'vt up to serve' },
  );
  return { ...running, apiUrl };
}

async function clientOf(directory: string) {
  return createClient(
    JSON.parse(await readFile(join(directory, 'credentials.json'), 'utf8')) as { url: string; apiKey: string },
  );
}

async function childPid(parent: number, part: string): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent && command.includes(part))
      return Number(name);
  }
  return undefined;
}

async function isListening(url: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

test('npm start -- --once transcribes the sample word for word and leaves no process', async () => {
  const directory = await makeDataDirectory();
  const running = start('npm', ['start', '--', '--once'], { DATA_DIR: directory });
  const watch = createProcessWatch();
  await waitFor(
    () => {
      if (running.child.exitCode !== null) throw new Error(running.output());
      return running.output().includes('Transcribing the sample');
    },
    { timeoutMilliseconds: 240_000, what: 'the sample' },
  );
  watch.note(running.child.pid ?? 0);
  const code = await running.ended;
  expect({ code, output: running.output() }).toMatchObject({
    code: 0,
    output: expect.stringContaining('The transcript is correct, word for word.') as string,
  });
  expect(running.output()).toContain('ask not what your country can do for you');
  expect(await watch.endLeaked(5_000)).toEqual([]);
});

test('what is killed is started again, Ctrl-C leaves nothing, and the data is there after a restart', async () => {
  const directory = await makeDataDirectory();
  const first = await startUp(directory);
  expect(first.output()).toContain('ask not what your country can do for you');
  expect(first.output()).toMatch(/Sign in +http:\/\/127\.0\.0\.1:\d+\/sign-in#token=\S+/);
  const supervisor = first.child.pid ?? 0;

  const second = start(process.execPath, [VT, 'up'], { DATA_DIR: directory });
  expect(await second.ended).toBe(1);
  expect(second.output()).toMatch(
    new RegExp(`already running on .* at http://127\\.0\\.0\\.1:\\d+ \\(process ${String(supervisor)}\\)`),
  );

  for (const [name, program] of [
    ['api', 'apps/api/dist/main.js'],
    ['worker', 'apps/worker/dist/main.js'],
    ['database', 'postgres'],
  ] as const) {
    // Never 0: that would be this process's own group, the test runner with it.
    const pid = await waitFor(() => childPid(supervisor, program), {
      timeoutMilliseconds: 30_000,
      what: `the process of ${name}`,
    });
    process.kill(pid, 'SIGKILL');
    await waitFor(() => first.output().includes(`${name} is running again`), {
      timeoutMilliseconds: 30_000,
      what: `${name} to be started again`,
    });
  }
  const client = await clientOf(directory);
  const answer = await waitFor(() => client.health(), { timeoutMilliseconds: 20_000, what: 'the API to answer' });
  expect(answer.latest).toHaveLength(1);

  const watch = createProcessWatch();
  watch.note(supervisor);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  expect(await watch.endLeaked(2_000)).toEqual([]);
  expect(await isListening(first.apiUrl)).toBe(false);

  const again = await startUp(directory);
  expect(again.output()).not.toContain('Transcribing the sample');
  expect((await (await clientOf(directory)).health()).latest).toHaveLength(1);

  watch.note(again.child.pid ?? 0);
  again.child.kill('SIGKILL');
  await again.ended;
  expect(await watch.endLeaked(20_000)).toEqual([]);
});

test('a port that was asked for and is taken is an error that names the variable', async () => {
  const directory = await makeDataDirectory();
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  disposals.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as { port: number };
  const running = start(process.execPath, [VT, 'up'], { DATA_DIR: directory, API_PORT: String(port) });
  expect(await running.ended).toBe(1);
  expect(running.output()).toContain(`Port ${String(port)} on 127.0.0.1 is taken, but API_PORT asks for it.`);
});
