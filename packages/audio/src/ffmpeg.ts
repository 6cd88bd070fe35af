import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AudioError, decodeFailed, fileTruncated } from './audio-error.js';
import type { AudioTools } from './audio-tools.js';
import type { SniffedContainer } from './containers.js';

const STDERR_TAIL_CHARACTERS = 16_384;
const PROBE_SECONDS_MAX = 30;
const PROBE_OUTPUT_BYTES_MAX = 1024 * 1024;
const MEMORY_WATCH_MILLISECONDS = 250;

export interface FfmpegInput {
  readonly inputPath: string;
  readonly container: SniffedContainer;
  readonly tools: AudioTools;
  readonly signal?: AbortSignal | undefined;
}

export interface DecodeLimits {
  /** Wall time of the whole decode. */
  readonly wallSecondsMax: number;
  /** Wall time without a decoded sample. */
  readonly stallSecondsMax: number;
  readonly memoryBytesMax: number;
}

export interface DecodeOutcome {
  readonly exitCode: number | null;
  /** The last of what ffmpeg said. */
  readonly messages: string;
  readonly memoryBytesPeak: number;
}

/**
 * What every ffmpeg is told: one demuxer, local files only, no questions. A file cannot make it open another file or an address, whatever it holds: the
 * demuxer is forced, and protocols and nested demuxers are limited to what reading this one file takes.
 */
function inputArguments({ inputPath, container }: FfmpegInput): string[] {
  const format = container.ffmpegInputFormat;
  return [
    '-protocol_whitelist',
    'file,pipe',
    '-format_whitelist',
    format,
    '-f',
    format,
    '-i',
    `file:${resolve(inputPath)}`,
  ];
}

/** The raw JSON of ffprobe about the first audio track and the container. */
export async function runFfprobe(input: FfmpegInput): Promise<unknown> {
  const entries =
    'stream=codec_name,channels,channel_layout,sample_rate,duration,bit_rate:format=duration,bit_rate,nb_streams';
  const options = ['-v', 'error', '-hide_banner', '-select_streams', 'a:0', '-show_entries', entries, '-of', 'json'];
  const { stdout, stderr, failed } = await new Promise<{ stdout: string; stderr: string; failed: boolean }>((done) => {
    execFile(
      input.tools.ffprobePath,
      [...options, ...inputArguments(input)],
      {
        timeout: PROBE_SECONDS_MAX * 1000,
        killSignal: 'SIGKILL',
        maxBuffer: PROBE_OUTPUT_BYTES_MAX,
        signal: input.signal,
      },
      (error, standardOutput, standardError) =>
        done({ stdout: standardOutput, stderr: standardError, failed: error !== null }),
    );
  });
  input.signal?.throwIfAborted();
  if (failed) throw explainFailure(stderr);
  try {
    return JSON.parse(stdout) as unknown;
  } catch (error) {
    throw new AudioError(
      'decode-failed',
      'The recording could not be examined. Convert it to WAV or FLAC, then upload it again.',
      { cause: error },
    );
  }
}

/**
 * Decodes the first audio track to 16 kHz mono, 16-bit little-endian, and hands the bytes to `onSamples` piece by piece; the next piece waits for it.
 * Returns when ffmpeg has ended by itself. Throws the signal's reason after an abort, `decode-failed` when a limit ended it; ffmpeg is gone either way.
 */
export async function decodeWithFfmpeg(
  input: FfmpegInput & { readonly channels: number; readonly limits: DecodeLimits },
  onSamples: (bytes: Uint8Array) => Promise<void>,
): Promise<DecodeOutcome> {
  input.signal?.throwIfAborted();
  const child = spawn(input.tools.ffmpegPath, decodeArguments(input), { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = waitForEnd(child);
  const guard = guardProcess(child, input.limits, input.signal);
  let messages = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-STDERR_TAIL_CHARACTERS);
  });
  try {
    for await (const bytes of child.stdout as AsyncIterable<Uint8Array>) {
      guard.pause();
      await onSamples(bytes);
      guard.resume();
    }
    const exitCode = await ended;
    guard.throwIfEnded();
    return { exitCode, messages, memoryBytesPeak: guard.memoryBytesPeak() };
  } finally {
    child.kill('SIGKILL');
    guard.dispose();
    await ended.catch(() => undefined);
  }
}

function decodeArguments(input: FfmpegInput & { readonly channels: number }): string[] {
  const quiet = ['-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '1'];
  const track = ['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1'];
  const output = ['-ac', '1', '-ar', '16000', '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'];
  return [...quiet, ...inputArguments(input), ...track, ...mixArguments(input.channels), ...output];
}

/** ffmpeg's own mix of surround sound leaves the bass channel out and weakens others: with more than two, each is heard alike. */
function mixArguments(channels: number): string[] {
  if (channels <= 2) return [];
  const sum = Array.from({ length: channels }, (_, index) => `c${index}`).join('+');
  return ['-af', `pan=mono|c0<${sum}`];
}

function waitForEnd(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((done, failed) => {
    child.once('error', (error) =>
      failed(
        new AudioError('tools-missing', `ffmpeg could not be started: ${error.message}. Check FFMPEG_PATH.`, {
          cause: error,
        }),
      ),
    );
    child.once('close', (exitCode) => done(exitCode));
  });
  // Awaited later; a failure to start must not count as unhandled until then.
  ended.catch(() => undefined);
  return ended;
}

interface ProcessGuard {
  /** The consumer is busy: a silent ffmpeg is not at fault. */
  pause(): void;
  resume(): void;
  memoryBytesPeak(): number;
  /** Throws why the guard ended the process, when it did. */
  throwIfEnded(): void;
  dispose(): void;
}

/** Ends the process on abort, on a wall or stall limit, and when it takes too much memory. */
function guardProcess(child: ChildProcess, limits: DecodeLimits, signal: AbortSignal | undefined): ProcessGuard {
  let reason: unknown;
  let memoryBytesPeak = 0;
  const end = (why: unknown): void => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const onAbort = (): void => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const stallMilliseconds = limits.stallSecondsMax * 1000;
  const onStall = (): void => end(decodeFailed(`nothing could be decoded for ${limits.stallSecondsMax} s`));
  let stall: NodeJS.Timeout | undefined = setTimeout(onStall, stallMilliseconds);
  const wall = setTimeout(
    () => end(decodeFailed(`decoding took longer than ${limits.wallSecondsMax} s`)),
    limits.wallSecondsMax * 1000,
  );
  const watch = setInterval(() => {
    void residentBytes(child.pid).then((bytes) => {
      memoryBytesPeak = Math.max(memoryBytesPeak, bytes);
      if (bytes > limits.memoryBytesMax)
        end(decodeFailed(`decoding took more than ${limits.memoryBytesMax} bytes of memory`));
    });
  }, MEMORY_WATCH_MILLISECONDS);
  return {
    pause: () => clearTimeout(stall),
    resume: () => {
      stall = setTimeout(onStall, stallMilliseconds);
    },
    memoryBytesPeak: () => memoryBytesPeak,
    throwIfEnded: () => {
      if (reason !== undefined) throw reason;
    },
    dispose: () => {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(stall);
      clearTimeout(wall);
      clearInterval(watch);
    },
  };
}

/** 0 where the system does not tell. */
async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Turns what ffmpeg or ffprobe said into the error that a person can act on. */
export function explainFailure(messages: string): AudioError {
  const lines = messages
    .split('\n')
    .map((line) =>
      line
        .replace(/^\[[^\]]*\]\s*/, '')
        .replace(/\S*file:\S+?: /, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('Last message repeated'));
  if (/moov atom not found/.test(messages))
    return fileTruncated('its table of contents is missing', { messages: lines.slice(-3) });
  if (/matches no streams|does not contain any stream/.test(messages)) return noAudioTrack();
  return decodeFailed(lines.at(-1) ?? 'its content is not readable', { messages: lines.slice(-3) });
}

export function noAudioTrack(): AudioError {
  return new AudioError(
    'file-not-audio',
    'The file has no audio track. Choose a recording with sound and upload that.',
  );
}
