import { BackendError, defineBackend, type Backend, type Device, type ModelSize } from '@voice-transcriber/backend-sdk';
import { checkGgmlFile, processorDevice } from '@voice-transcriber/backend-sdk/whisper-cpp';
import { findServer } from './find-server.js';
import { createLoadedModel } from './loaded-model.js';
import { probeWhisperCpp } from './probe.js';
import { ServerPool } from './server-pool.js';
import type { Settings } from './settings.js';
import { WhisperServer } from './whisper-server.js';

const MEBIBYTE = 1024 * 1024;
/** Beside the weights: key-value caches and compute buffers of one server. Measured for base; the others follow from whisper.cpp's own figures. */
const WORKING_MEBIBYTES: Readonly<Record<ModelSize, number>> = {
  tiny: 200,
  base: 300,
  small: 650,
  medium: 1300,
  large: 2200,
};

/** whisper.cpp's own server: each slot is a process that this one drives over the loopback. */
export function createWhisperCppBackend(settings: Settings): Backend {
  return defineBackend({
    specVersion: 1,
    name: 'whisper-cpp',
    probe: async () => {
      try {
        return await probeWhisperCpp(settings);
      } catch (error) {
        return {
          status: 'unavailable',
          reason: `The backend could not be looked at: ${String(error)}`,
          fix: 'Run "npm install" and "npm run build:whisper-cpp" again.',
        };
      }
    },
    fit: (model, device) => ({
      fits: true,
      memoryBytesNeeded: slotsOn(device, settings) * (model.fileBytes + WORKING_MEBIBYTES[model.size] * MEBIBYTE),
    }),
    load: async (files, { device, threads }) => {
      const header = await checkGgmlFile(files);
      const server = await findServer(settings);
      if (server === undefined) {
        throw new BackendError('backend-unavailable', 'There is no whisper-server. Run "npm run build:whisper-cpp".', {
          retry: 'elsewhere',
        });
      }
      const { path: modelPath, manifest } = files;
      const start = () =>
        WhisperServer.start({
          serverPath: server.path,
          modelPath,
          modelBytes: manifest.fileBytes,
          device,
          threads,
        });
      const first = await start();
      const slots = slotsOn(device, settings);
      return createLoadedModel({
        pool: new ServerPool(first, slots, start),
        slots,
        header,
        device: device.kind === 'cpu' || first.deviceKind === 'gpu' ? device : processorDevice(),
        memoryBytes: (await first.residentBytes()) ?? manifest.fileBytes,
      });
    },
  });
}

/** Windows take turns on a graphics processor, which one of them fills. */
function slotsOn({ kind }: Device, { slots }: Settings): number {
  return kind === 'cpu' ? slots : 1;
}
