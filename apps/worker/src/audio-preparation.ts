import { join } from 'node:path';
import { findAudioTools, prepareAudio, readWindowSamples, type AudioTools } from '@voice-transcriber/audio';
import type { Config } from '@voice-transcriber/config';
import { EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import type { AudioPreparation } from '@voice-transcriber/jobs/handlers';
import type { Storage } from '@voice-transcriber/storage';

const VAD_MODEL_PATH = join(EMBEDDED_MODELS_DIRECTORY, 'silero-vad-16k-sequence-6.2.3.onnx');

/** Decoding with this machine's tools. They are looked for when first needed, and again after a failure: a person may install them meanwhile. */
export function createAudioPreparation({ config, storage }: { config: Config; storage: Storage }): AudioPreparation {
  const { chunkSeconds, optimization, ffmpegPath, ffprobePath } = config.audio;
  let tools: Promise<AudioTools> | undefined;
  const findTools = (): Promise<AudioTools> => {
    tools ??= findAudioTools({ ffmpegPath, ffprobePath }).catch((error: unknown) => {
      tools = undefined;
      throw error;
    });
    return tools;
  };
  return {
    async prepare(input) {
      return prepareAudio({
        ...input,
        tools: await findTools(),
        chunkSeconds,
        voiceActivity: optimization,
        vadModelPath: VAD_MODEL_PATH,
      });
    },
    readWindow: (audioKey, window) => readWindowSamples((range) => storage.read(audioKey, range), window),
  };
}
