import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Device } from '@voice-transcriber/backend-sdk';

const QUERY_MILLISECONDS_MAX = 5000;
const MEBIBYTE = 1024 * 1024;

/** What graphics processors there are for ONNX Runtime, or why there is none. */
export type CudaReport =
  { readonly devices: readonly [Device, ...Device[]] } | { readonly devices: readonly []; readonly reason: string };

export interface CudaSources {
  /** Where the provider's library would be. */
  readonly providerPath?: string;
  /** One line per processor: index, name, mebibytes. Rejects when there is no driver. */
  readonly queryProcessors?: () => Promise<string>;
}

/** Looks for the CUDA provider of ONNX Runtime, which npm fetches apart, and for processors that the driver knows. Never rejects. */
export async function findCudaDevices({
  providerPath = defaultProviderPath(),
  queryProcessors = askDriver,
}: CudaSources = {}): Promise<CudaReport> {
  if (!existsSync(providerPath)) {
    return {
      devices: [],
      reason:
        'not offered: the installed library has no CUDA provider (its package fetches it on Linux x64 with CUDA 12)',
    };
  }
  try {
    const [first, ...rest] = parseProcessors(await queryProcessors());
    if (first !== undefined) return { devices: [first, ...rest] };
    return { devices: [], reason: 'not offered: the driver knows no graphics processor' };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return {
      devices: [],
      reason: `not offered: there is a CUDA provider, but nvidia-smi does not answer (${problem})`,
    };
  }
}

/** The number that the driver gave a device. */
export function cudaIndex({ id }: Device): number {
  return Number(id.replace('cuda:', ''));
}

function parseProcessors(output: string): readonly Device[] {
  return output.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s*,\s*(.+?)\s*,\s*(\d+)\s*$/.exec(line);
    if (match === null) return [];
    const [, index, name, mebibytes] = match as unknown as [string, string, string, string];
    return [{ id: `cuda:${index}`, kind: 'cuda', name, memoryBytesTotal: Number(mebibytes) * MEBIBYTE } as const];
  });
}

async function askDriver(): Promise<string> {
  const query = ['--query-gpu=index,name,memory.total', '--format=csv,noheader,nounits'];
  const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: QUERY_MILLISECONDS_MAX });
  return stdout;
}

function defaultProviderPath(): string {
  const packageFile = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  const directory = join(dirname(packageFile), 'bin', 'napi-v6', process.platform, process.arch);
  return join(directory, 'libonnxruntime_providers_cuda.so');
}
