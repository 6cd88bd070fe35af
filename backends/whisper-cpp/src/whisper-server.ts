import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { BackendError, type Device } from '@voice-transcriber/backend-sdk';
import { postForm, type Answer } from './post-form.js';
import { ServerProcess } from './server-process.js';

export interface StartOptions {
  readonly serverPath: string;
  readonly modelPath: string;
  readonly modelBytes: number;
  readonly device: Device;
  readonly threads: number;
}

const HOST = '127.0.0.1';
const LOOK_MILLISECONDS = 20;
const READY_MILLISECONDS_LEAST = 60_000;
/** A model file is read at least this fast, or its disk is broken. */
const LOAD_BYTES_PER_SECOND_MIN = 20_000_000;
const PORT_TRIES_MAX = 5;
const SETTLE_MILLISECONDS_MAX = 2_000;
/** The host of this process ends windows that take too long much earlier; this only bounds a host that does not. */
const ANSWER_MILLISECONDS_MAX = 2 * 3600_000;
/** Nothing is served from files. */
const NO_FOLDER = '/dev/null/none';
/** The server's exit code when it cannot load the model. */
const MODEL_EXIT = 'with exit code 3';

/** One whisper.cpp server with a loaded model, on a port of the loopback and under a path that only this process knows. */
export class WhisperServer {
  /** The device that it says it uses. */
  readonly deviceKind: 'cpu' | 'gpu';
  readonly #process: ServerProcess;
  readonly #port: number;
  readonly #path: string;

  /** Starts a server and waits until the model is loaded. Throws BackendError. */
  static async start(options: StartOptions): Promise<WhisperServer> {
    for (let attempt = 1; ; attempt++) {
      const port = await findFreePort();
      const path = `/${randomBytes(16).toString('hex')}`;
      const process = new ServerProcess(options.serverPath, serverArguments(options, port, path));
      const outcome = await waitUntilReady(process, port, path, options.modelBytes);
      if (outcome === 'ready') return new WhisperServer(process, port, path);
      await process.kill();
      if (outcome === 'port-taken' && attempt < PORT_TRIES_MAX) continue;
      throw await startError(process, outcome, options);
    }
  }

  private constructor(process: ServerProcess, port: number, path: string) {
    this.#process = process;
    this.#port = port;
    this.#path = path;
    this.deviceKind = /using (?!CPU)\S+ backend/.test(process.lastOutput) ? 'gpu' : 'cpu';
  }

  get hasEnded(): boolean {
    return this.#process.hasEnded;
  }

  get pid(): number {
    return this.#process.pid;
  }

  residentBytes(): Promise<number | undefined> {
    return this.#process.residentBytes();
  }

  /**
   * Gives the form to the model. One request at a time. Throws BackendError: `cancelled` as soon as the signal aborts, `process-crashed` when the server
   * died of it, `inference-failed` for an answer that is none.
   */
  async infer(form: FormData, signal: AbortSignal | undefined): Promise<string> {
    let answer: Answer;
    try {
      answer = await this.#post(form, signal, ANSWER_MILLISECONDS_MAX);
    } catch (cause) {
      if (signal?.aborted === true) throw cancelled();
      throw await this.#describeFailure(cause);
    }
    if (answer.status === 200) return answer.body;
    throw new BackendError(
      'inference-failed',
      `whisper-server answered with status ${answer.status}: ${answer.body.slice(0, 200)}`,
      { retry: 'elsewhere', details: { lastOutput: this.#process.lastOutput } },
    );
  }

  /** Whether the server is free again after a request was broken off. A form without a recording is refused, but only when its turn has come. */
  async settles(): Promise<boolean> {
    const form = new FormData();
    form.append('response_format', 'json');
    const answer = await this.#post(form, undefined, SETTLE_MILLISECONDS_MAX).catch(() => undefined);
    return answer?.status === 400;
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  #post(form: FormData, signal: AbortSignal | undefined, millisecondsMax: number): Promise<Answer> {
    return postForm({ port: this.#port, path: `${this.#path}/inference`, form, signal, millisecondsMax });
  }

  async #describeFailure(cause: unknown): Promise<BackendError> {
    // The broken connection is seen before the death of the process.
    const how = await Promise.race([this.#process.ended, delay(500)]);
    const message =
      how === undefined
        ? `whisper-server broke the connection: ${cause instanceof Error ? cause.message : String(cause)}.`
        : `whisper-server ended ${how} in the middle of a window. The window can be tried again on a new one.`;
    return new BackendError(how === undefined ? 'inference-failed' : 'process-crashed', message, {
      retry: 'here',
      cause,
      details: { how: how ?? 'running', lastOutput: this.#process.lastOutput },
    });
  }
}

export function cancelled(): BackendError {
  return new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
}

function serverArguments({ modelPath, device, threads }: StartOptions, port: number, path: string): string[] {
  const index = /^cuda:(\d+)$/.exec(device.id)?.[1];
  return [
    ...['--model', modelPath, '--threads', String(threads), '--flash-attn'],
    ...['--host', HOST, '--port', String(port), '--request-path', path, '--public', NO_FOLDER],
    ...(device.kind === 'cpu' ? ['--no-gpu'] : []),
    ...(index === undefined ? [] : ['--device', index]),
  ];
}

type Outcome = 'ready' | 'ended' | 'port-taken' | 'late';

/** The port is bound only when the model is loaded; an answer under another path than ours comes from a stranger who took the port first. */
async function waitUntilReady(
  process: ServerProcess,
  port: number,
  path: string,
  modelBytes: number,
): Promise<Outcome> {
  const millisecondsMax = READY_MILLISECONDS_LEAST + (modelBytes / LOAD_BYTES_PER_SECOND_MIN) * 1000;
  const deadline = performance.now() + millisecondsMax;
  while (performance.now() < deadline) {
    if (process.hasEnded) return process.lastOutput.includes("couldn't bind") ? 'port-taken' : 'ended';
    const status = await readHealth(port, path);
    if (status === 200) return 'ready';
    if (status === 404) return 'port-taken';
    await delay(LOOK_MILLISECONDS);
  }
  return 'late';
}

async function readHealth(port: number, path: string): Promise<number | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 1000);
  try {
    const response = await fetch(`http://${HOST}:${port}${path}/health`, {
      signal: abort.signal,
      headers: { connection: 'close' },
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function startError(process: ServerProcess, outcome: Outcome, { serverPath, modelPath }: StartOptions) {
  const lastOutput = process.lastOutput;
  const how = await process.ended;
  const details = { how, lastOutput };
  if (outcome === 'late') {
    const message = `${serverPath} did not load the model in time and was ended.`;
    return new BackendError('process-hung', message, { retry: 'here', details });
  }
  if (/failed to allocate|out of memory|bad_alloc/i.test(lastOutput)) {
    const message = `There is not enough memory to load ${modelPath}. Choose a smaller model, or end other programs.`;
    return new BackendError('out-of-memory', message, { retry: 'elsewhere', details });
  }
  if (how === MODEL_EXIT) {
    const message = `whisper.cpp cannot load ${modelPath}. Install the model again.`;
    return new BackendError('model-corrupt', message, { retry: 'elsewhere', details });
  }
  const message = `${serverPath} does not start: it ended ${how}. Build it again with "npm run build:whisper-cpp".`;
  return new BackendError('backend-unavailable', message, { retry: 'elsewhere', details });
}

async function findFreePort(): Promise<number> {
  const probe = net.createServer();
  probe.listen(0, HOST);
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function delay(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));
}
