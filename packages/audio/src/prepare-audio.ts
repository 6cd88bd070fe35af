import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { AudioError } from './audio-error.js';
import type { AudioTools } from './audio-tools.js';
import type { SniffedContainer } from './containers.js';
import { tookTooLong } from './ffmpeg-input.js';
import {
  parsePrepareMessage,
  PREPARE_LIMIT_DEFAULTS,
  type ChannelHandling,
  type PreparedAudio,
  type PrepareLimits,
  type PrepareMessage,
  type PrepareOrder,
} from './prepare-messages.js';
import { requireContainer } from './probe-audio.js';

const ENTRY_PATH = fileURLToPath(new URL('./prepare-process.js', import.meta.url));
const OUTPUT_TAIL_CHARACTERS = 4096;
/** Whoever answers people goes first, and this goes before computing (10), so that a short recording is soon on its way. */
const NICENESS = 5;

export interface PrepareOptions {
  readonly inputPath: string;
  readonly container: SniffedContainer | string;
  /** The work file: 16 kHz, 16-bit little-endian, no header, one track behind the other. Its folder is made; it appears whole or not at all. */
  readonly outputPath: string;
  readonly tools: AudioTools;
  /** Length of a chunk of the plan at most. */
  readonly chunkSeconds: number;
  /** False: the whole recording is planned, cut at quiet places. */
  readonly voiceActivity: boolean;
  readonly vadModelPath: string;
  /** Default mixed. */
  readonly channels?: ChannelHandling | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<PrepareLimits> | undefined;
  /** Called with the id of the process as soon as there is one. */
  readonly onProcess?: ((pid: number) => void) | undefined;
  /** At most four times a second. */
  readonly onProgress?: ((progress: { readonly decodedSeconds: number }) => void) | undefined;
}

/**
 * Decodes a recording, finds its speech and plans the transcription, in a process of its own that ends with this one. Memory does not depend on the
 * recording's length. Throws AudioError; after an abort `prepare-aborted`, with the process and ffmpeg gone.
 */
export async function prepareAudio(options: PrepareOptions): Promise<PreparedAudio> {
  const limits = { ...PREPARE_LIMIT_DEFAULTS, ...options.limits };
  const order: PrepareOrder = {
    inputPath: options.inputPath,
    container: requireContainer(options.container).container,
    outputPath: options.outputPath,
    tools: options.tools,
    chunkSeconds: options.chunkSeconds,
    voiceActivity: options.voiceActivity,
    vadModelPath: options.vadModelPath,
    channels: options.channels ?? 'mixed',
    limits,
  };
  if (options.signal?.aborted) throw aborted(options.signal.reason);
  // Its own process group, so that ffmpeg, its child, is ended with it in one stroke.
  const child = spawn(process.execPath, [ENTRY_PATH], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: true });
  giveWay(child.pid);
  if (child.pid !== undefined) options.onProcess?.(child.pid);
  let stopReason: AudioError | undefined;
  const stop = (reason: AudioError): void => {
    stopReason ??= reason;
    killGroup(child);
  };
  const onAbort = (): void => stop(aborted(options.signal?.reason));
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const wall = setTimeout(
    () => stop(tookTooLong(`Preparing the recording took longer than ${limits.wallSecondsMax} s`)),
    limits.wallSecondsMax * 1000,
  );
  try {
    const last = await converse(child, order, options.onProgress);
    if (stopReason !== undefined) throw stopReason;
    if (last?.type === 'done') return last.prepared;
    throw last?.type === 'failed' ? last.error : died(child);
  } catch (error) {
    await rm(`${options.outputPath}.part`, { force: true });
    throw stopReason ?? toAudioError(error);
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    clearTimeout(wall);
    killGroup(child);
  }
}

const outputTails = new WeakMap<ChildProcess, string>();

/** Gives the order and listens until the process has ended. Returns its last word: `done` or `failed`, if it got so far. */
async function converse(
  child: ChildProcess,
  order: PrepareOrder,
  onProgress: PrepareOptions['onProgress'],
): Promise<PrepareMessage | undefined> {
  let last: PrepareMessage | undefined;
  let broken: Error | undefined;
  const ended = new Promise<void>((done, failed) => {
    child.once('error', failed);
    child.once('close', () => done());
  });
  for (const stream of [child.stdout, child.stderr]) collectTail(child, stream);
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    try {
      const message = parsePrepareMessage(line);
      if (message.type === 'progress') onProgress?.({ decodedSeconds: message.decodedSeconds });
      else last = message;
    } catch (error) {
      broken ??= error instanceof Error ? error : new Error(String(error));
      killGroup(child);
    }
  });
  // A process that is already dead closes the pipe: what it said, or did not say, tells why.
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(`${JSON.stringify(order)}\n`);
  await ended;
  if (broken !== undefined) throw broken;
  return last;
}

function collectTail(child: ChildProcess, stream: Readable | null): void {
  stream?.setEncoding('utf8').on('data', (text: string) => {
    outputTails.set(child, ((outputTails.get(child) ?? '') + text).slice(-OUTPUT_TAIL_CHARACTERS));
  });
}

/**
 * At once, before there are threads: they inherit it, and so does ffmpeg. Where Linux shares the processor out among sessions first (autogroup), the niceness of
 * a process counts among its own session alone: this one has its own, which is told to give way as a whole.
 */
function giveWay(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICENESS);
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/autogroup`, String(NICENESS));
  } catch {
    // Gone already, not allowed, or a system without such groups: it works, only others answer more slowly.
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group, or the system has no groups: then only the process itself can be ended.
    child.kill('SIGKILL');
  }
}

function aborted(reason: unknown): AudioError {
  return new AudioError('prepare-aborted', 'The preparation was stopped.', { cause: reason });
}

function toAudioError(error: unknown): AudioError {
  if (error instanceof AudioError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new AudioError(
    'prepare-failed',
    `The prepare process could not be used: ${reason}. Start the transcription again.`,
    {
      cause: error,
    },
  );
}

function died(child: ChildProcess): AudioError {
  return new AudioError(
    'prepare-failed',
    'The prepare process ended without a result. Start the transcription again.',
    {
      details: { exitCode: child.exitCode, signal: child.signalCode, output: outputTails.get(child) ?? '' },
    },
  );
}
