import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { migrate, openDatabase, type Database } from '@voice-transcriber/db';
import { createTestDatabase } from '@voice-transcriber/testkit';
import { startCluster, type Cluster, type ClusterOptions } from '@voice-transcriber/testkit/cluster';
import type { Api } from '../api/requests.js';

export interface ClusterBench extends Api {
  readonly cluster: Cluster;
  readonly db: Database;
  readonly directory: string;
  stop(): Promise<void>;
}

/** The balanced set-up with the scripted backend, on an empty database and an empty folder. */
export async function startClusterBench(
  options: Pick<ClusterOptions, 'apis' | 'workers' | 'storage'> = {},
): Promise<ClusterBench> {
  const directory = await mkdtemp(join(tmpdir(), 'vt-cluster-'));
  await chmod(directory, 0o755);
  const database = await createTestDatabase();
  await migrate(database.url);
  await installFakeModels(join(directory, 'models'), ['fake']);
  const db = openDatabase(database.url, { connectionsMax: 3 });
  const clean = async (): Promise<void> => {
    await db.close();
    await database.dispose();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const cluster = await startCluster({
      ...options,
      directory,
      databaseUrl: database.url,
      env: {
        VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
        DEFAULT_MODEL: 'fake',
        SELF_TEST: 'False',
        AUDIO_OPTIMIZATION: 'False',
        AUDIO_CHUNK_SIZE: '60',
        MAX_CONCURRENT_JOBS: '2',
        LOG_LEVEL: 'INFO',
      },
    });
    return {
      cluster,
      db,
      directory,
      apiUrl: cluster.url,
      apiKey: cluster.apiKey,
      async stop() {
        await cluster.stop();
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}
