import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { query, send, upload, wavFile, type RawResponse } from '../api/requests.js';

export const METRICS_TOKEN = 'a-token-of-the-tests-0123456789';

export interface ObservedStack {
  readonly stack: Stack;
  /** Uploads seconds of generated sound; resolves to the transcription's global id. */
  submit(seconds: number, input?: Record<string, unknown>, headers?: Record<string, string>): Promise<string>;
  /** Waits for a terminal state and returns it. */
  finished(id: string): Promise<string>;
  stop(): Promise<void>;
}

/** API and workers with the scripted backend, whose metrics may be read with METRICS_TOKEN. */
export async function startObservedStack(
  options: { readonly workers?: number; readonly env?: Record<string, string> } = {},
): Promise<ObservedStack> {
  const models = await mkdtemp(join(tmpdir(), 'vt-observed-'));
  await installFakeModels(models);
  const stack = await startStack({
    workers: options.workers ?? 1,
    env: {
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
      MODELS_DIR: models,
      DEFAULT_MODEL: 'fake',
      AUDIO_OPTIMIZATION: 'False',
      WEBHOOKS_ALLOW_PRIVATE: 'True',
      METRICS_TOKEN,
      ...options.env,
    },
  });
  return {
    stack,
    async submit(seconds, input = {}, headers = {}) {
      const { json, body } = await upload(stack, { file: wavFile(seconds), input }, headers);
      const { transcription } = json.data?.createTranscription ?? {};
      if (transcription === undefined) throw new Error(`The upload was refused: ${body}`);
      return transcription.id as string;
    },
    finished: (id) =>
      waitFor(
        async () => {
          const { json } = await query(stack, 'query ($id: ID!) { transcription(id: $id) { state } }', { id });
          const state = json.data?.transcription?.state as string | undefined;
          return ['COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED'].includes(state ?? '') ? state : undefined;
        },
        { timeoutMilliseconds: 60_000, what: 'the end of a transcription' },
      ),
    async stop() {
      await stack.stop();
      await rm(models, { recursive: true, force: true });
    },
  };
}

export function scrape(baseUrl: string, token: string | undefined = METRICS_TOKEN): Promise<RawResponse> {
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
  return send({ url: `${baseUrl}/metrics`, headers });
}

export const workerUrl = ({ stack }: ObservedStack, index = 0): string =>
  `http://127.0.0.1:${String(stack.workers[index]?.ready.healthPort)}`;
