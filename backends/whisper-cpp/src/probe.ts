import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Device, ProbeReport } from '@voice-transcriber/backend-sdk';
import { missingInstructions, processorDevice } from '@voice-transcriber/backend-sdk/whisper-cpp';
import { findServer, type FoundServer } from './find-server.js';
import { SERVER_ENVIRONMENT } from './server-environment.js';
import type { Settings } from './settings.js';

const run = promisify(execFile);
const HELP_MILLISECONDS_MAX = 20_000;
const MEBIBYTE = 1024 * 1024;
/** A server that lacks this answers to everybody on the machine, and is older than all that is relied on here. */
const NEEDED_OPTION = '--request-path';
const BUILD_FIX = 'Run "npm run build:whisper-cpp": it compiles the server, or says what to install.';

/** Whether there is a server that runs here, and on which devices. Its help text is preceded by what its graphics backends found. */
export async function probeWhisperCpp(settings: Settings): Promise<ProbeReport> {
  const server = await findServer(settings);
  if (server === undefined) {
    return {
      status: 'unavailable',
      reason: 'There is no whisper-server: none was built, none is on PATH, and WHISPER_SERVER_PATH is not set.',
      fix: BUILD_FIX,
    };
  }
  const missing = await missingInstructions(server.stamp?.instructions ?? []);
  if (missing.length > 0) {
    const reason = `${server.path} was built for another processor: this one lacks ${missing.join(', ')}.`;
    return { status: 'unavailable', reason, fix: BUILD_FIX };
  }
  const help = await readHelp(server.path);
  if (!help.text.includes(NEEDED_OPTION)) {
    return {
      status: 'unavailable',
      reason: help.problem ?? `${server.path} is not whisper.cpp's server, or one that is too old.`,
      fix: server.origin === 'configured' ? 'Correct WHISPER_SERVER_PATH, or unset it.' : BUILD_FIX,
    };
  }
  const graphics = parseCudaDevices(help.text);
  return {
    status: 'available',
    version: server.stamp?.source ?? 'as found',
    devices: [...graphics, processorDevice()],
    facts: describe(server, graphics),
  };
}

async function readHelp(path: string): Promise<{ readonly text: string; readonly problem?: string }> {
  try {
    const { stdout, stderr } = await run(path, ['--help'], { timeout: HELP_MILLISECONDS_MAX, env: SERVER_ENVIRONMENT });
    return { text: stdout + stderr };
  } catch (error) {
    const { message, stderr = '' } = error as Error & { stderr?: string };
    const why = stderr.trim().split('\n')[0] ?? '';
    return { text: '', problem: `${path} does not run: ${why === '' ? (message.split('\n')[0] ?? '') : why}.` };
  }
}

/** Reads what ggml says when it finds graphics processors: `Device 0: NVIDIA L4, compute capability 8.9, VMM: yes, VRAM: 22491 MiB`. */
export function parseCudaDevices(text: string): Device[] {
  if (!text.includes('ggml_cuda_init')) return [];
  const lines = text.matchAll(/^\s*Device (\d+): (.+?), compute capability [\d.]+.*?(?:VRAM: (\d+) MiB)?\s*$/gm);
  return [...lines].map(([, index = '0', name = 'CUDA', mebibytes = '0']) => ({
    id: `cuda:${index}`,
    kind: 'cuda',
    name,
    memoryBytesTotal: Number(mebibytes) * MEBIBYTE,
  }));
}

function describe({ path, origin, stamp }: FoundServer, graphics: readonly Device[]): Record<string, string> {
  return {
    server: path,
    origin,
    ...(stamp === undefined
      ? {}
      : { compiler: stamp.compiler, instructions: stamp.instructions.join(' ') || 'chosen at run time' }),
    cuda: describeCuda(stamp, graphics),
  };
}

function describeCuda(stamp: FoundServer['stamp'], graphics: readonly Device[]): string {
  if (graphics.length > 0) return `${graphics.length} found`;
  if (stamp === undefined) return 'none found by this server';
  return stamp.options['GGML_CUDA'] === 'ON'
    ? 'compiled in, but no graphics processor or driver was found'
    : 'not compiled in: nvcc was not on PATH at the build';
}
