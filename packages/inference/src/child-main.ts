import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import {
  BackendError,
  type AudioWindow,
  type Backend,
  type LoadedModel,
  type TranscribeRequest,
} from '@voice-transcriber/backend-sdk';
import { encodeFrame, FrameDecoder, type Frame } from './frames.js';
import type { HostMessage } from './messages.js';

/**
 * Entry of an inference process: `node child-main.js BACKEND_MODULE_URL PARENT_PID`, with the protocol on file descriptor 3 and nothing else to talk to.
 * One backend, at most one model; it lives as long as its host wants it and not a second longer than its host lives.
 */
const [, , moduleUrl = '', parentPid = ''] = process.argv;

new Worker(new URL('./parent-watch.js', import.meta.url), { workerData: Number(parentPid) }).unref();
// Ctrl-C and a service manager's stop reach the whole process group. The host decides when this process ends, so that a draining window finishes.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
offerToTheOutOfMemoryKiller();

const pipe = new Socket({ fd: 3, readable: true, writable: true });
const decoder = new FrameDecoder();
const running = new Map<number, AbortController>();
let backend: Backend | undefined;
let model: LoadedModel | undefined;

pipe.on('data', (chunk) => {
  for (const frame of decoder.push(chunk)) void handle(frame);
});
pipe.on('close', endAtOnce);
pipe.on('error', endAtOnce);

/** The host is gone. A regular exit would first wait for the native threads, which may be in the middle of a long window. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** When memory ends, the kernel shall take the process that can be replaced, not the one that holds the jobs. */
function offerToTheOutOfMemoryKiller(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '700');
  } catch {
    // Only Linux has it.
  }
}

async function handle(frame: Frame): Promise<void> {
  // The host is trusted: it is the same program on the other end of a private pipe.
  const message = frame.message as HostMessage;
  const id = message.type === 'transcribe' ? message.id : undefined;
  try {
    await carryOut(message, frame.payload);
  } catch (error) {
    send({ type: 'failed', error: toBackendError(error), ...(id === undefined ? {} : { id }) });
  }
}

async function carryOut(message: HostMessage, payload: Buffer): Promise<void> {
  switch (message.type) {
    case 'probe':
      send({ type: 'probed', report: await (await loadBackend()).probe() });
      return;
    case 'load':
      model = await (await loadBackend()).load(message.files, message.options);
      send({
        type: 'loaded',
        capabilities: model.capabilities,
        memoryBytes: model.memoryBytes,
        device: model.device,
      });
      return;
    case 'transcribe':
      await transcribe(message, payload);
      return;
    case 'cancel':
      running.get(message.id)?.abort();
      return;
    case 'dispose':
      await model?.dispose();
      process.exit(0);
  }
}

async function loadBackend(): Promise<Backend> {
  if (backend === undefined) {
    const loaded = (await import(moduleUrl)) as { default?: Backend };
    if (loaded.default?.specVersion !== 1) {
      throw new BackendError(
        'backend-unavailable',
        `${moduleUrl} has no default export that speaks version 1 of the backend contract. Update the backend.`,
        { retry: 'elsewhere' },
      );
    }
    backend = loaded.default;
  }
  return backend;
}

async function transcribe(message: HostMessage & { type: 'transcribe' }, payload: Buffer): Promise<void> {
  if (model === undefined) throw new BackendError('inference-failed', 'No model is loaded.', { retry: 'here' });
  const abort = new AbortController();
  running.set(message.id, abort);
  try {
    const request: TranscribeRequest = { windows: readWindows(message, payload), options: message.options };
    for await (const part of model.transcribe(request, { signal: abort.signal })) {
      send({ type: 'part', id: message.id, part });
    }
    send({ type: 'done', id: message.id });
  } finally {
    running.delete(message.id);
  }
}

function readWindows(message: HostMessage & { type: 'transcribe' }, payload: Buffer): AudioWindow[] {
  // A copy, because samples need an address that is a multiple of four.
  const bytes = new Uint8Array(payload.length);
  bytes.set(payload);
  const samples = new Float32Array(bytes.buffer);
  let at = 0;
  return message.windows.map(({ sampleCount, ...place }) => {
    const window = { ...place, samples: samples.subarray(at, at + sampleCount) };
    at += sampleCount;
    return window;
  });
}

function send(message: object): void {
  for (const piece of encodeFrame(message)) pipe.write(piece);
}

function toBackendError(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new BackendError('inference-failed', `The backend failed unexpectedly: ${text}`, { retry: 'elsewhere' });
}
