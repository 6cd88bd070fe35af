import {
  BackendError,
  defineBackend,
  type Device,
  type ModelManifest,
  type ModelSize,
} from '@voice-transcriber/backend-sdk';
import { checkGgmlFile } from '@voice-transcriber/backend-sdk/whisper-cpp';
import { checkBindingLoads, loadNativeModel } from './binding.js';
import { createLoadedModel } from './loaded-model.js';
import { probeSmartWhisper } from './probe.js';

const MEBIBYTE = 1024 * 1024;
/**
 * Beside the weights: key-value caches and compute buffers of one inference (the C library keeps some of them twice), and Node itself. Measured for base; the others follow from whisper.cpp's
 * own figures for the same buffers.
 */
const WORKING_MEBIBYTES: Readonly<Record<ModelSize, number>> = {
  tiny: 300,
  base: 450,
  small: 800,
  medium: 1500,
  large: 2400,
};

/** whisper.cpp through the smart-whisper binding, compiled for this machine. */
export const smartWhisperBackend = defineBackend({
  specVersion: 1,
  name: 'smart-whisper',
  probe: async () => {
    try {
      return await probeSmartWhisper();
    } catch (error) {
      return {
        status: 'unavailable',
        reason: `The backend could not be looked at: ${String(error)}`,
        fix: 'Run "npm install" and "npm run build:native" again.',
      };
    }
  },
  fit: (model) => ({ fits: true, memoryBytesNeeded: memoryBytesNeeded(model) }),
  load: async (files, { device, threads }) => {
    const header = await checkGgmlFile(files);
    try {
      checkBindingLoads();
    } catch (cause) {
      throw new BackendError(
        'backend-unavailable',
        'The native binding of smart-whisper does not load. Run "npm run build:native".',
        { retry: 'elsewhere', cause },
      );
    }
    await checkDevice(device);
    const residentBytesBefore = process.memoryUsage.rss();
    const native = await loadNativeModel(files.path, device.kind !== 'cpu').catch((cause: unknown) => {
      throw new BackendError('model-corrupt', `whisper.cpp cannot load ${files.path}. Install the model again.`, {
        retry: 'elsewhere',
        cause,
      });
    });
    const memoryBytes = Math.max(files.manifest.fileBytes, process.memoryUsage.rss() - residentBytesBefore);
    return createLoadedModel({ native, header, device, threads, memoryBytes });
  },
});

/** whisper.cpp takes the processor without a word when there is nothing better. */
async function checkDevice({ id }: Device): Promise<void> {
  const report = await probeSmartWhisper();
  if (report.status === 'available' && report.devices.some((device) => device.id === id)) return;
  throw new BackendError('device-unavailable', `smart-whisper cannot run on "${id}" here. Choose another device.`, {
    retry: 'elsewhere',
    details: { device: id },
  });
}

function memoryBytesNeeded(model: ModelManifest): number {
  return model.fileBytes + WORKING_MEBIBYTES[model.size] * MEBIBYTE;
}
