import { loadConfig } from '@voice-transcriber/config';
import { calibrate } from '@voice-transcriber/doctor';
import { createInferenceHost, createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { availableCores, createLogger } from '@voice-transcriber/telemetry';
import { builtInBackends } from './backends.js';
import { threadsOf } from './threads.js';

/**
 * Lets every engine transcribe the bundled clip with the models that are named on the command line, for so many seconds, and prints each trial as a line of
 * JSON. For `vt doctor`. When standard input closes, whoever started it is gone, and it ends too.
 */
const [secondsMax = '60', ...models] = process.argv.slice(2);
const config = loadConfig();
const { inference, instanceId } = config;
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
process.stdin.resume().on('close', () => stop.abort());

const trials = calibrate({
  createHost: (threads) =>
    createInferenceHost({
      backends: [...inference.extraBackends, ...builtInBackends(config)],
      modelStore: createModelStore({ directories: [inference.modelsDirectory, EMBEDDED_MODELS_DIRECTORY] }),
      cacheSize: 1,
      threads,
      gpuEnabled: inference.gpuEnabled,
      gpuMemoryFraction: inference.gpuMemoryFraction,
      memoryOptimization: true,
      logger: createLogger({ level: 'silent', name: 'calibrate', instanceId }),
    }),
  models: models.length > 0 ? models : [inference.defaultModel],
  cores: availableCores(),
  threads: threadsOf(config),
  secondsMax: Number(secondsMax),
  signal: stop.signal,
});
for await (const trial of trials) process.stdout.write(`${JSON.stringify(trial)}\n`);
// Standard input stays open for as long as the starter lives, and would keep this process.
process.stdin.destroy();
