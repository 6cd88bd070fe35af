import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ProbeReport } from '@voice-transcriber/backend-sdk';
import { loadRuntime } from './engine/runtime.js';
import { describeProcessor, readProcessor } from './processor.js';

/** Says whether ONNX Runtime loads here and how it will calculate. Never throws. */
export async function probe(): Promise<ProbeReport> {
  const processor = readProcessor();
  try {
    const runtime = await loadRuntime();
    return {
      status: 'available',
      version: runtime.version,
      devices: [describeProcessor(processor)],
      facts: {
        processor: processor.name,
        instructionSets: processor.instructionSets.join(' ') || 'none reported',
        integerArithmetic:
          processor.arithmetic === 'dot-product'
            ? 'unsigned by signed bytes, summed in 32 bits'
            : 'unsigned bytes: this processor would saturate signed ones',
        cuda: describeCuda(),
      },
    };
  } catch (error) {
    return {
      status: 'unavailable',
      reason: `ONNX Runtime does not load: ${error instanceof Error ? error.message : String(error)}`,
      fix: `Use Linux with glibc, macOS on Apple silicon or Windows, on x64 or arm64 (this is ${process.platform} ${process.arch}), and reinstall the dependencies.`,
    };
  }
}

/** Why there is no graphics processor among the devices. */
function describeCuda(): string {
  const provider = join(libraryDirectory(), 'libonnxruntime_providers_cuda.so');
  return existsSync(provider)
    ? 'the library has a CUDA provider, but the graphs of this engine are made for processors (8-bit integers)'
    : 'not offered: the installed library has no CUDA provider';
}

function libraryDirectory(): string {
  const packageFile = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(packageFile), 'bin', 'napi-v6', process.platform, process.arch);
}
