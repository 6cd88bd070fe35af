import type { ProbeReport } from '@voice-transcriber/backend-sdk';
import { findCudaDevices } from './cuda.js';
import { loadRuntime } from './engine/runtime.js';
import { describeProcessor, readProcessor } from './processor.js';

/** Says whether ONNX Runtime loads here and how it will calculate. Never throws. */
export async function probe(): Promise<ProbeReport> {
  const processor = readProcessor();
  try {
    const runtime = await loadRuntime();
    const cuda = await findCudaDevices();
    return {
      status: 'available',
      version: runtime.version,
      devices: [describeProcessor(processor), ...cuda.devices],
      facts: {
        processor: processor.name,
        instructionSets: processor.instructionSets.join(' ') || 'none reported',
        integerArithmetic:
          processor.arithmetic === 'dot-product'
            ? 'unsigned by signed bytes, summed in 32 bits'
            : 'unsigned bytes: this processor would saturate signed ones',
        cuda: 'reason' in cuda ? cuda.reason : cuda.devices.map(({ name }) => name).join(', '),
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
