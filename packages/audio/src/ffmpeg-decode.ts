import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { decodeFailed } from './audio-error.js';
import { inputArguments, tookTooLong, toolMissing, type FfmpegInput } from './ffmpeg-input.js';

const STDERR_TAIL_CHARACTERS = 16_384;
const MEMORY_WATCH_MILLISECONDS = 250;

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

interface DecodedTrack {
  /** How many the file has. */
  readonly channels: number;
  /** Only this one, from 0; absent: all of them mixed. */
  readonly channel?: number | undefined;
}

/**
 * Decodes the first audio track to 16 kHz mono, 16-bit little-endian, and hands the bytes to `onSamples` piece by piece; the next piece waits for it.
 * Returns when ffmpeg has ended by itself. Throws the signal's reason after an abort, `decode-failed` when a limit ended it; ffmpeg is gone either way.
 */
export async function decodeWithFfmpeg(
  input: FfmpegInput & DecodedTrack & { readonly limits: DecodeLimits },
  onSamples: (bytes: Uint8Array) => Promise<void>,
): Promise<DecodeOutcome> {
  input.signal?.throwIfAborted();
  const child = spawn(input.tools.ffmpegPath, decodeArguments(input), { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = waitForEnd(child, input.tools.ffmpegPath);
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

function decodeArguments(input: FfmpegInput & DecodedTrack): string[] {
  const quiet = ['-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '1'];
  const track = ['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1'];
  const output = ['-ac', '1', '-ar', '16000', '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'];
  return [...quiet, ...inputArguments(input), ...track, '-af', filterChain(input), ...output];
}

/**
 * Mixes first, then fills: where the time stamps leave a gap (a recorder that paused, sound that begins after the picture), silence takes its place, so that
 * the times of the transcript are those that a player shows. ffmpeg holds a whole gap in memory, which is why it is filled last, as 16 kHz mono: 200 MB for
 * an hour. ffmpeg's own mix of surround sound leaves the bass channel out and weakens others: with more than two channels, each is heard alike.
 */
function filterChain({ channels, channel }: DecodedTrack): string {
  const sum = Array.from({ length: channels }, (_, index) => `c${index}`).join('+');
  const mix = channels <= 2 ? [] : [`pan=mono|c0<${sum}`];
  const track = channel === undefined ? mix : [`pan=mono|c0=c${channel}`];
  const mono = ['aresample=16000', 'aformat=sample_fmts=s16:channel_layouts=mono'];
  return [...track, ...mono, 'aresample=async=1:first_pts=0'].join(',');
}

function waitForEnd(child: ChildProcess, ffmpegPath: string): Promise<number | null> {
  const ended = new Promise<number | null>((done, failed) => {
    child.once('error', (error) => failed(toolMissing(ffmpegPath, error)));
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
  let reason: Error | undefined;
  let memoryBytesPeak = 0;
  const end = (why: Error): void => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const onAbort = (): void => end(toError(signal?.reason));
  signal?.addEventListener('abort', onAbort, { once: true });
  const stallMilliseconds = limits.stallSecondsMax * 1000;
  const onStall = (): void => end(tookTooLong(`Nothing could be decoded for ${limits.stallSecondsMax} s`));
  let stall: NodeJS.Timeout | undefined = setTimeout(onStall, stallMilliseconds);
  const wall = setTimeout(
    () => end(tookTooLong(`Decoding took longer than ${limits.wallSecondsMax} s`)),
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

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
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
