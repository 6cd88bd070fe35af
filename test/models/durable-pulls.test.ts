import { execFile } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REPOSITORY_DIRECTORY, startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { closeStreams, subscribe } from '../api/event-streams.js';
import { query, upload } from '../api/requests.js';

/** An official file is needed, for a worker checks what it pulls against the catalogue: it may lie beside the repository. */
const FILE = path.join(REPOSITORY_DIRECTORY, '..', 'shared', 'models', 'ggml-tiny.en-q8_0.bin');
const NAME = 'tiny.en-q8_0';
const FILE_BYTES = 43_550_795;
const MEBIBYTE = 2 ** 20;

let stack: Stack;
let mirror: { url: string; close: () => Promise<void> };
let directory: string;
/** What the mirror was asked for, and how far it may serve before it holds its breath. */
let offsets: number[] = [];
let openUpTo = Infinity;

beforeAll(async () => {
  if (!existsSync(FILE)) return;
  directory = await mkdtemp(path.join(tmpdir(), 'vt-models-'));
  mirror = await startMirror();
  stack = await startStack({ workers: 2, env: { MODEL_MIRROR: mirror.url, MODELS_DIR: directory } });
});
afterAll(async () => {
  closeStreams();
  await stack?.stop();
  await mirror?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});
beforeEach(() => {
  offsets = [];
  openUpTo = Infinity;
});

async function startMirror(): Promise<typeof mirror> {
  const content = await readFile(FILE);
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const offset = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    offsets.push(offset);
    response.writeHead(offset === 0 ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': content.length - offset,
      'content-range': `bytes ${offset}-${content.length - 1}/${content.length}`,
      etag: '"official"',
    });
    let position = offset;
    const pump = setInterval(() => {
      const end = Math.min(position + MEBIBYTE, openUpTo, content.length);
      if (end > position) response.write(content.subarray(position, end));
      position = Math.max(position, end);
      if (position === content.length) {
        clearInterval(pump);
        response.end();
      }
    }, 10);
    response.once('close', () => clearInterval(pump));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => void (server.close(() => resolve()), server.closeAllConnections())),
  };
}

const PULL = `id state bytesDone bytesTotal fraction attempts error { code message } worker { pid }`;
const ask = async (document: string, variables: Record<string, unknown> = {}) => {
  const { json } = await query(stack, document, variables);
  expect(json.errors).toBeUndefined();
  return json.data;
};
const pullModel = async (name = NAME) =>
  (
    await ask(
      `mutation ($name: String!) { pullModel(input: { name: $name }) {
        __typename ... on Error { code message } ... on PullModelPayload { existing pull { ${PULL} } } } }`,
      { name },
    )
  ).pullModel;
const readPull = async (id: string) => (await ask(`query ($id: ID!) { node(id: $id) { ... on ModelPull { ${PULL} } } }`, { id })).node;
const readModel = async (name = NAME) =>
  (
    await ask(`{ models { name installed embedded deletable sha256 pull { state } loadedOn { backend worker { pid } } } }`)
  ).models.find((model: { name: string }) => model.name === name);
const deleteModel = async (name: string) =>
  (
    await ask(
      `mutation ($name: String!) { deleteModel(input: { name: $name }) {
        __typename ... on Error { code message } ... on DeleteModelPayload { deletedName } } }`,
      { name },
    )
  ).deleteModel;
const finished = (id: string) =>
  waitFor(
    async () => {
      const pull = await readPull(id);
      return ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(pull.state) ? pull : undefined;
    },
    { timeoutMilliseconds: 60_000, what: 'the end of a pull' },
  );

test.skipIf(!existsSync(FILE))(
  'a pull goes on with another worker where one was killed, is told live, and is joined by whoever wants the same',
  async () => {
    const stream = await subscribe(
      stack,
      `subscription { consoleEvents { __typename
        ... on ModelPullChanged { pull { id state bytesDone } }
        ... on ModelsChanged { models { name installed } } } }`,
    );
    await waitFor(() => stream.events.length > 0, { timeoutMilliseconds: 5000, what: 'the snapshot' });
    openUpTo = 20 * MEBIBYTE;
    const { pull, existing } = await pullModel();
    expect(existing).toBe(false);
    expect(await pullModel()).toMatchObject({ existing: true, pull: { id: pull.id } });
    const held = await waitFor(
      async () => {
        const now = await readPull(pull.id);
        return now.bytesDone === openUpTo ? now : undefined;
      },
      { timeoutMilliseconds: 20_000, what: 'twenty mebibytes' },
    );
    expect(await deleteModel(NAME)).toMatchObject({ code: 'model-missing' });

    await stack.killWorker(stack.workers.findIndex((worker) => worker?.pid === held.worker.pid));
    openUpTo = Infinity;
    const end = await finished(pull.id);
    expect(end).toMatchObject({ state: 'SUCCEEDED', bytesDone: FILE_BYTES, fraction: 1, attempts: 2, error: null });
    expect(end.worker.pid).not.toBe(held.worker.pid);
    const [first, second, ...more] = offsets;
    console.log(`The second worker asked from byte ${second} of ${20 * MEBIBYTE} that the first had received.`);
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect(more).toEqual([]);

    expect(await readModel()).toMatchObject({ installed: true, deletable: true, pull: { state: 'SUCCEEDED' } });
    expect((await readFile(path.join(directory, `ggml-${NAME}.bin`))).equals(await readFile(FILE))).toBe(true);
    expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
    await waitFor(
      () =>
        stream.events.some(({ __typename, pull: seen }) => __typename === 'ModelPullChanged' && seen.state === 'SUCCEEDED') &&
        stream.events.some(
          ({ __typename, models }) =>
            __typename === 'ModelsChanged' &&
            models.some((model: { name: string; installed: boolean }) => model.name === NAME && model.installed),
        ),
      { timeoutMilliseconds: 10_000, what: 'the news on the stream' },
    );
    expect(await pullModel()).toMatchObject({ code: 'model-installed' });
  },
);

test.skipIf(!existsSync(FILE))('a damaged model is found out and deleted; the default one is not, nor one that is not there', async () => {
  const verify = async (name: string) =>
    (
      await ask(
        `mutation ($name: String!) { verifyModel(input: { name: $name }) {
          __typename ... on Error { code } ... on VerifyModelPayload { intact official fileBytes model { name } } } }`,
        { name },
      )
    ).verifyModel;
  expect(await verify('base-q8_0')).toMatchObject({ intact: true, official: true });
  expect(await verify('large-v3')).toMatchObject({ code: 'model-missing' });
  expect(await deleteModel('base-q8_0')).toMatchObject({ code: 'model-in-use' });
  expect(await deleteModel('large-v3')).toMatchObject({ code: 'model-missing' });
  const installed = path.join(directory, `ggml-${NAME}.bin`);
  const handle = await open(installed, 'r+');
  await handle.write(Buffer.from([0x55, 0xaa, 0x55]), 0, 3, FILE_BYTES - 1000);
  await handle.close();
  expect(await verify(NAME)).toMatchObject({ intact: false, official: false, fileBytes: FILE_BYTES });
  expect(await deleteModel(NAME)).toEqual({ __typename: 'DeleteModelPayload', deletedName: NAME });
  expect(await readModel()).toMatchObject({ installed: false });
  expect(await readdir(directory)).toEqual([]);
});

test.skipIf(!existsSync(FILE))('a cancelled pull stops and leaves nothing; a failed one says why and may be tried again', async () => {
  openUpTo = 5 * MEBIBYTE;
  const { pull } = await pullModel();
  await waitFor(async () => (await readPull(pull.id)).bytesDone === openUpTo, {
    timeoutMilliseconds: 20_000,
    what: 'five mebibytes',
  });
  const cancel = async () =>
    (
      await ask(
        `mutation ($id: ID!) { cancelModelPull(input: { id: $id }) {
          __typename ... on Error { code message } ... on ModelPullPayload { pull { state } } } }`,
        { id: pull.id },
      )
    ).cancelModelPull;
  expect(await cancel()).toMatchObject({ pull: { state: 'CANCELLED' } });
  expect(await cancel()).toMatchObject({ code: 'pull-ended' });
  await waitFor(async () => (await readdir(directory)).length === 0, {
    timeoutMilliseconds: 10_000,
    what: 'an empty directory',
  });

  expect(await pullModel('nonsense')).toMatchObject({ code: 'model-unknown' });
  // The mirror has one file only, whatever is asked for: it is not the one that the catalogue promises.
  const { pull: wrong } = await pullModel('tiny-q5_1');
  expect(await finished(wrong.id)).toMatchObject({ state: 'FAILED', error: { code: 'mirror-answer-wrong' } });
});

test.skipIf(!existsSync(FILE))('a file is imported as what it is, and what is none is refused', async () => {
  const IMPORT = `mutation ($input: ImportModelInput!) { importModel(input: $input) {
    __typename ... on Error { code message } ... on ImportModelPayload { model { name official installed size languages quantization } } } }`;
  const send = async (file: Buffer, filename: string, input: Record<string, unknown> = {}) =>
    (await upload({ ...stack, apiUrl: stack.apiUrl }, { file, filename, document: IMPORT, input })).json.data?.importModel;
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(FILE)) chunks.push(chunk as Buffer);
  const official = Buffer.concat(chunks);

  expect(await send(Buffer.from('RIFF....WAVE'), 'ggml-talk.bin')).toMatchObject({ code: 'file-not-whisper' });
  expect(await send(official.subarray(0, 30_000_000), 'cut.bin')).toMatchObject({ code: 'file-truncated' });
  const changed = Buffer.from(official);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(await send(changed, `ggml-${NAME}.bin`)).toMatchObject({ code: 'name-reserved' });
  expect(await send(changed, 'x.bin', { name: '../x' })).toMatchObject({ code: 'name-invalid' });
  expect(await readdir(directory)).toEqual([]);

  expect(await send(changed, 'mine.bin')).toMatchObject({
    model: { name: 'mine', official: false, installed: true, size: 'tiny', languages: ['en'], quantization: 'q8_0' },
  });
  expect(await send(changed, 'mine.bin')).toMatchObject({ code: 'model-installed' });
  // Whatever the sender calls it.
  expect(await send(official, 'whatever.bin', { name: 'other' })).toMatchObject({ model: { name: NAME, official: true } });
  for (const name of ['mine', NAME]) expect(await deleteModel(name)).toMatchObject({ deletedName: name });
  expect(await readdir(directory)).toEqual([]);
});

const vt = (args: readonly string[], url = stack.apiUrl): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const { PATH = '', HOME = '/' } = process.env;
    const env = { PATH, HOME, VT_URL: url, VT_API_KEY: stack.apiKey, DATA_DIR: stack.dataDirectory };
    const program = path.join(REPOSITORY_DIRECTORY, 'apps/cli/dist/main.js');
    execFile(process.execPath, [program, 'models', ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

test.skipIf(!existsSync(FILE))('the command line pulls with progress, verifies, imports beyond the limit of recordings, deletes', async () => {
  const pulled = await vt(['pull', NAME]);
  expect(pulled).toMatchObject({ code: 0, stdout: `${NAME} is installed (44 MB, checksum verified).\n` });
  expect(pulled.stderr).toMatch(/% {2}/);
  expect((await vt(['verify', NAME])).stdout).toMatch(/^✓ tiny\.en-q8_0: the official file \(44 MB in /);
  const listed = JSON.parse((await vt(['list', '--installed', '--json'])).stdout) as { name: string }[];
  expect(listed.map(({ name }) => name).sort()).toEqual(['base-q8_0', NAME]);
  expect((await vt(['list'])).stdout).toMatch(/^large-v3-turbo-q5_0 +574 MB/m);
  expect(await vt(['delete', NAME])).toMatchObject({ code: 0, stdout: `${NAME} is deleted.\n` });
  expect(await vt(['delete', NAME])).toMatchObject({ code: 1, stdout: '' });

  const small = await stack.startApi({ MAX_FILE_SIZE: '30MB' });
  const IMPORT = 'mutation ($input: ImportModelInput!) { importModel(input: $input) { __typename } }';
  const refused = await upload({ apiUrl: small.ready.url, apiKey: stack.apiKey }, { file: await readFile(FILE), document: IMPORT });
  expect(refused.json.errors?.[0]?.extensions.code).toBe('file-too-large');
  expect(await vt(['import', FILE], small.ready.url)).toMatchObject({
    code: 0,
    stdout: `${NAME} is installed (44 MB, the official file).\n`,
  });
  expect((await vt(['delete', NAME])).code).toBe(0);
  await small.stop();

  expect(await vt(['list'], 'http://127.0.0.1:1')).toMatchObject({ code: 3, stdout: '' });
});
