import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REPOSITORY_DIRECTORY, startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../api/requests.js';

/** An official file is needed, for a worker checks what it pulls against the catalogue: it may lie beside the repository. */
export const FILE = path.join(REPOSITORY_DIRECTORY, '..', 'shared', 'models', 'ggml-tiny.en-q8_0.bin');
export const NAME = 'tiny.en-q8_0';
export const FILE_BYTES = 43_550_795;
export const MEBIBYTE = 2 ** 20;
export const testWithFile = test.skipIf(!existsSync(FILE));

interface Mirror {
  readonly url: string;
  close(): Promise<void>;
}

/** What the mirror was asked for, and how far it may serve before it holds its breath. */
export const served = { offsets: [] as number[], openUpTo: Infinity };

export let stack: Stack;
export let directory: string;

/** The real API and workers, with a models directory of their own and a mirror on this machine that has one file. */
export function useModelStack(workers: number): void {
  let mirror: Mirror;
  beforeAll(async () => {
    if (!existsSync(FILE)) return;
    directory = await mkdtemp(path.join(tmpdir(), 'vt-models-'));
    mirror = await startMirror();
    stack = await startStack({ workers, env: { MODEL_MIRROR: mirror.url, MODELS_DIR: directory } });
  });
  afterAll(async () => {
    if (!existsSync(FILE)) return;
    await stack.stop();
    await mirror.close();
    await rm(directory, { recursive: true, force: true });
  });
}

async function startMirror(): Promise<Mirror> {
  const content = await readFile(FILE);
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const offset = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    served.offsets.push(offset);
    response.writeHead(offset === 0 ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': content.length - offset,
      'content-range': `bytes ${offset}-${content.length - 1}/${content.length}`,
      etag: '"official"',
    });
    let position = offset;
    const pump = setInterval(() => {
      const end = Math.min(position + MEBIBYTE, served.openUpTo, content.length);
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
export const ask = async (document: string, variables: Record<string, unknown> = {}) => {
  const { json } = await query(stack, document, variables);
  expect(json.errors).toBeUndefined();
  return json.data;
};
export const pullModel = async (name = NAME) =>
  (
    await ask(
      `mutation ($name: String!) { pullModel(input: { name: $name }) {
        __typename ... on Error { code message } ... on PullModelPayload { existing pull { ${PULL} } } } }`,
      { name },
    )
  ).pullModel;
export const readPull = async (id: string) => (await ask(`query ($id: ID!) { node(id: $id) { ... on ModelPull { ${PULL} } } }`, { id })).node;
export const readModel = async (name = NAME) =>
  (
    await ask(`{ models { name installed embedded deletable sha256 pull { state } loadedOn { backend worker { pid } } } }`)
  ).models.find((model: { name: string }) => model.name === name);
export const deleteModel = async (name: string) =>
  (
    await ask(
      `mutation ($name: String!) { deleteModel(input: { name: $name }) {
        __typename ... on Error { code message } ... on DeleteModelPayload { deletedName } } }`,
      { name },
    )
  ).deleteModel;
export const finished = (id: string) =>
  waitFor(
    async () => {
      const pull = await readPull(id);
      return ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(pull.state) ? pull : undefined;
    },
    { timeoutMilliseconds: 60_000, what: 'the end of a pull' },
  );

export const verify = async (name: string) =>
  (
    await ask(
      `mutation ($name: String!) { verifyModel(input: { name: $name }) {
        __typename ... on Error { code } ... on VerifyModelPayload { intact official fileBytes model { name } } } }`,
      { name },
    )
  ).verifyModel;
export const vt = (args: readonly string[], url = stack.apiUrl): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const { PATH = '', HOME = '/' } = process.env;
    const env = { PATH, HOME, VT_URL: url, VT_API_KEY: stack.apiKey, DATA_DIR: stack.dataDirectory };
    const program = path.join(REPOSITORY_DIRECTORY, 'apps/cli/dist/main.js');
    execFile(process.execPath, [program, 'models', ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

