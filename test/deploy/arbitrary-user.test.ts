import { statSync } from 'node:fs';
import { chmod, chown, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import {
  createTestDatabase,
  REPOSITORY_DIRECTORY,
  spawnService,
  waitFor,
  type Service,
} from '@voice-transcriber/testkit';
import { createApiKey } from '@voice-transcriber/testkit/cluster';
import { expect, test } from 'vitest';
import { query, send, upload, wavFile } from '../api/requests.js';

const USER_ID = 12_345;

/** Containers run as a user that owns nothing of what they are made of. That can be shown here as root, below folders that everybody may enter. */
function findObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  for (let folder = REPOSITORY_DIRECTORY; folder !== dirname(folder); folder = dirname(folder)) {
    // Root may enter everywhere: the bits for everybody are what counts.
    if ((statSync(folder).mode & 0o001) === 0) return `not everybody may enter ${folder}`;
  }
  return undefined;
}

test.skipIf(findObstacle() !== undefined)(
  'API and worker serve as a user who may write nothing but the data folder (needs root)',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vt-any-user-'));
    const database = await createTestDatabase();
    const services: Service<unknown>[] = [];
    try {
      await installFakeModels(join(directory, 'models'), ['fake']);
      await chown(directory, USER_ID, 0);
      await chmod(directory, 0o770);
      const env = {
        DATABASE_URL: database.url,
        DATA_DIR: directory,
        HOME: '/nonexistent',
        API_PORT: '0',
        INSTANCE_ID: 'any-user',
        VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
        DEFAULT_MODEL: 'fake',
        AUDIO_OPTIMIZATION: 'False',
        SELF_TEST: 'False',
      };
      const apiKey = await createApiKey(env);
      const start = async <Ready>(app: string): Promise<Service<Ready>> => {
        const program = join(REPOSITORY_DIRECTORY, 'apps', app, 'dist', 'main.js');
        const service = await spawnService<Ready>({ name: app, program, env, userId: USER_ID });
        services.push(service);
        return service;
      };
      const [api, worker] = await Promise.all([start<{ url: string }>('api'), start<{ healthPort: number }>('worker')]);
      const access = { apiUrl: api.ready.url, apiKey };
      const { json } = await upload(access, { file: wavFile(30) });
      const { id } = json.data.createTranscription.transcription as { id: string };
      await waitFor(
        async () => {
          const document = 'query ($id: ID!) { node(id: $id) { ... on Transcription { state } } }';
          return (await query(access, document, { id })).json.data.node.state === 'COMPLETED';
        },
        { timeoutMilliseconds: 30_000, what: 'the transcript' },
      );
      const health = await send({ url: `http://127.0.0.1:${String(worker.ready.healthPort)}/readyz` });
      expect(JSON.parse(health.body)).toEqual({ ok: true, instanceId: 'any-user' });
      for (const name of ['spool', 'storage']) expect((await stat(join(directory, name))).uid).toBe(USER_ID);
      expect((await readdir(join(directory, 'storage', 'uploads'), { recursive: true })).length).toBeGreaterThan(0);
    } finally {
      await Promise.all(services.map((service) => service.stop()));
      await database.dispose();
      await rm(directory, { recursive: true, force: true });
    }
  },
);
