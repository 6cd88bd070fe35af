import { loadConfig } from '@voice-transcriber/config';
import { createInferenceHost, createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { createLogger } from '@voice-transcriber/telemetry';
import { builtInBackends } from './backends.js';

/** Asks every backend, each in a process of its own, what it can do on this machine, and prints the answers as JSON. For `vt doctor`. */
const config = loadConfig();
const { inference, instanceId } = config;
const host = createInferenceHost({
  backends: [...inference.extraBackends, ...builtInBackends(config)],
  modelStore: createModelStore({ directories: [inference.modelsDirectory, EMBEDDED_MODELS_DIRECTORY] }),
  cacheSize: 1,
  threads: 1,
  gpuEnabled: inference.gpuEnabled,
  gpuMemoryFraction: inference.gpuMemoryFraction,
  memoryOptimization: inference.memoryOptimization,
  logger: createLogger({ level: 'silent', name: 'probe', instanceId }),
});
try {
  process.stdout.write(`${JSON.stringify(await host.probe())}\n`);
} finally {
  await host.dispose();
}
