import { findOnPath, type Config } from '@voice-transcriber/config';
import { availableCores } from '@voice-transcriber/telemetry';
import { threadsOf } from './threads.js';

/** Where an inference process finds a backend. */
export interface BackendSource {
  readonly name: string;
  readonly moduleUrl: string;
}

/** Each server of whisper.cpp holds the model once more. */
const SERVER_SLOTS_MAX = 4;

/**
 * The one place in the product that names backends. Only addresses: nothing native is loaded into this process. While nothing was measured
 * on a machine the first one that is available is taken: ONNX Runtime is prebuilt and the faster one wherever both were measured.
 */
export function builtInBackends(config: Config): readonly BackendSource[] {
  // Threads times slots stay within the cores.
  const slots = Math.max(1, Math.min(SERVER_SLOTS_MAX, Math.floor(availableCores() / threadsOf(config))));
  return [
    { name: 'onnxruntime', moduleUrl: import.meta.resolve('@voice-transcriber/backend-onnxruntime') },
    {
      name: 'whisper-cpp',
      moduleUrl: withSettings(import.meta.resolve('@voice-transcriber/backend-whisper-cpp'), {
        configured: config.inference.whisperServerPath,
        found: findOnPath('whisper-server'),
        slots: String(slots),
      }),
    },
    { name: 'smart-whisper', moduleUrl: import.meta.resolve('@voice-transcriber/backend-smart-whisper') },
  ];
}

/** Settings travel in the address: an inference process gets no environment. */
function withSettings(moduleUrl: string, settings: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(moduleUrl);
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}
