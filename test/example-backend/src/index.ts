import os from 'node:os';
import { BackendError, defineBackend, type Device } from '@voice-transcriber/backend-sdk';

const MEMORY_BYTES_NEEDED = 64 * 1024 * 1024;

/** Hears bursts of sound and says a word for each: small, but a whole backend. Its "model" is a file that says what counts as a burst. */
export default defineBackend({
  specVersion: 1,
  name: 'energy-words',
  probe: () => Promise.resolve({ status: 'available', version: '1.0.0', devices: [cpu()], facts: {} }),
  fit: (model, device) => {
    if (device.kind !== 'cpu') return { fits: false, reason: 'It runs on the processor only.' };
    if (!model.name.startsWith('energy-words')) return { fits: false, reason: 'It hears with its own profiles only.' };
    return { fits: true, memoryBytesNeeded: MEMORY_BYTES_NEEDED };
  },
  load: async (files, { device }) => {
    if (device.id !== 'cpu') {
      throw new BackendError('device-unavailable', `energy-words cannot run on "${device.id}". Use the processor.`, {
        retry: 'elsewhere',
      });
    }
    // What is heavy is imported here, so that the module itself loads at once on every machine.
    const { loadModel } = await import('./load-model.js');
    return loadModel(files, cpu());
  },
});

function cpu(): Device {
  return { id: 'cpu', kind: 'cpu', name: os.cpus()[0]?.model ?? 'Processor', memoryBytesTotal: os.totalmem() };
}
