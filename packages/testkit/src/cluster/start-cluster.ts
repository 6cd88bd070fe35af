import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '@voice-transcriber/local-database';
import { appProgram, createApiKey } from '../create-api-key.js';
import { startS3Server, type S3Server } from '../s3/s3-server.js';
import { spawnService, type Service } from '../service.js';
import { startNginx, type Nginx } from './nginx.js';

export interface ClusterOptions {
  /** Where everything is kept. */
  readonly directory: string;
  readonly databaseUrl: string;
  /** Of nginx; default: any free one. */
  readonly port?: number;
  /** Default 3. */
  readonly apis?: number;
  /** Default 3. */
  readonly workers?: number;
  /** 's3': an object storage of the test kit, and nothing shared beside it and the database. Default 'files': a folder that all share. */
  readonly storage?: 'files' | 's3';
  /** Added to the environment of all. */
  readonly env?: Record<string, string>;
  /** Where the console listens, which the caller starts when the addresses are known. */
  readonly consolePort?: number;
  readonly onLine?: (name: string, line: string) => void;
}

type Instance = Service<unknown>;

export interface Cluster {
  /** Of nginx. */
  readonly url: string;
  /** An administrator's key. */
  readonly apiKey: string;
  readonly nginx: Nginx;
  readonly s3: S3Server | undefined;
  /** By INSTANCE_ID. A killed one stays away until it is started again. */
  readonly instances: ReadonlyMap<string, Instance>;
  /** SIGKILL, and waits until the process is gone. */
  kill(instanceId: string): Promise<void>;
  /** Starts an instance that has ended, at its old place. */
  start(instanceId: string): Promise<Instance>;
  /** Nginx first, so that nobody is sent to a server that stops. */
  stop(): Promise<void>;
}

/** The balanced set-up as plain processes: nginx before several APIs, several workers, one database, one storage. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { directory, databaseUrl, apis = 3, workers = 3, storage = 'files', env = {}, onLine } = options;
  await mkdir(directory, { recursive: true });
  const s3 = storage === 's3' ? await startS3Server({ directory: join(directory, 's3') }) : undefined;
  const instances = new Map<string, Instance>();
  const port = options.port ?? (await findFreePort());
  const url = `http://127.0.0.1:${String(port)}`;
  const apiPorts = new Map<string, number>();
  const environmentOf = (instanceId: string): Record<string, string> => ({
    DATABASE_URL: databaseUrl,
    DATA_DIR: directory,
    INSTANCE_ID: instanceId,
    API_PORT: String(apiPorts.get(instanceId) ?? 0),
    PUBLIC_API_URL: url,
    CONSOLE_ORIGINS: url,
    TRUSTED_PROXIES: 'loopback',
    ...s3?.environment,
    ...(s3 && { STORAGE_DIR: join(directory, 'local', instanceId) }),
    ...env,
  });

  const start = async (instanceId: string): Promise<Instance> => {
    const app = instanceId.startsWith('worker') ? 'worker' : 'api';
    const instance = await spawnService<unknown>({
      name: instanceId,
      program: appProgram(app, 'main.js'),
      env: environmentOf(instanceId),
      ...(onLine && { onLine: (line: string) => onLine(instanceId, line) }),
    });
    instances.set(instanceId, instance);
    void instance.exited.then(() => {
      if (instances.get(instanceId) === instance) instances.delete(instanceId);
    });
    return instance;
  };
  const stopAll = async (): Promise<void> => {
    await Promise.all([...instances.values()].map((instance) => instance.stop()));
    await s3?.close();
  };

  try {
    // Before the first API: it brings the schema, which the workers wait for.
    const apiKey = await createApiKey(environmentOf('admin'));
    const names = (count: number, prefix: string): string[] =>
      Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1)}`);
    const apiNames = names(apis, '');
    for (const name of apiNames) apiPorts.set(name, await findFreePort());
    await Promise.all([...apiNames, ...names(workers, 'worker-')].map(start));
    const nginx = await startNginx({
      directory: join(directory, 'nginx'),
      port,
      apiPorts: [...apiPorts.values()],
      consolePort: options.consolePort,
    });
    return {
      url,
      apiKey,
      nginx,
      s3,
      instances,
      start,
      async kill(instanceId) {
        const instance = instances.get(instanceId);
        if (instance === undefined) throw new Error(`Instance ${instanceId} is not running.`);
        instance.process.kill('SIGKILL');
        await instance.exited;
      },
      async stop() {
        await nginx.stop();
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}
