import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { type Stack, startStack } from '@voice-transcriber/testkit';

export interface ClientStack {
  readonly stack: Stack;
  /** For the test's own files; gone after `stop`. */
  readonly directory: string;
  stop(): Promise<void>;
}

/** A stack whose model says one word for each second, in windows of four: events come early and often. */
export async function startClientStack(env: Record<string, string> = {}): Promise<ClientStack> {
  const directory = await mkdtemp(join(tmpdir(), 'vt-client-'));
  await installFakeModels(join(directory, 'models'));
  const stack = await startStack({
    env: {
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
      MODELS_DIR: join(directory, 'models'),
      DEFAULT_MODEL: 'fake',
      AUDIO_OPTIMIZATION: 'False',
      INFERENCE_WINDOW_SECONDS_MAX: '4',
      ...env,
    },
  });
  return {
    stack,
    directory,
    async stop() {
      await stack.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
