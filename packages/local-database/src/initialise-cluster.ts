import { randomBytes, randomUUID } from 'node:crypto';
import { access, chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.js';
import { LocalDatabaseError } from './errors.js';
import { runProgram } from './run-program.js';
import type { Account } from './account.js';

export const DATABASE_USER = 'voice_transcriber';

interface ClusterOptions {
  directory: string;
  clusterDirectory: string;
  account: Account | undefined;
  binaries: Binaries;
  durable: boolean;
}

/** Creates the cluster when there is none, and returns its password. A cluster of another major version is refused. */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const passwordFile = join(options.directory, 'password');
  const password = (await readFile(passwordFile, 'utf8').catch(() => '')).trim();
  if (!(await exists(join(options.clusterDirectory, 'PG_VERSION')))) {
    const newPassword = password || randomBytes(24).toString('base64url');
    // Kept before the cluster exists: a cluster whose password was lost in a crash would be of no use.
    await writeFile(passwordFile, `${newPassword}\n`, { mode: 0o600 });
    await initialise(options, newPassword);
    return newPassword;
  }
  await checkVersion(options);
  if (password) return password;
  throw new LocalDatabaseError(
    'password-missing',
    `${passwordFile} is missing, but the database in ${options.clusterDirectory} needs it. Restore that file from a backup, or move the directory away to start empty.`,
  );
}

async function initialise(
  { clusterDirectory, account, binaries, durable }: ClusterOptions,
  password: string,
): Promise<void> {
  // Built beside its place and renamed when whole: a start that was killed in the middle leaves no half cluster.
  const parent = dirname(clusterDirectory);
  const workDirectory = join(parent, `new-${randomUUID()}`);
  const newCluster = join(workDirectory, 'cluster');
  const passwordFile = join(workDirectory, 'password');
  await mkdir(parent, { recursive: true, mode: 0o711 });
  await mkdir(newCluster, { recursive: true });
  await chmod(newCluster, 0o700);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account)
    for (const path of [workDirectory, newCluster, passwordFile]) await chown(path, account.uid, account.gid);
  try {
    const { code, output } = await runProgram(
      binaries.initdb,
      [
        `--pgdata=${newCluster}`,
        `--username=${DATABASE_USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // PostgreSQL's own collation: the same order on every machine, whatever its C library says.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      { account, timeoutMilliseconds: 120_000 },
    );
    if (code !== 0) {
      throw new LocalDatabaseError(
        'initialise-failed',
        `The database could not be created in ${clusterDirectory}: ${output.trim()}`,
      );
    }
    await rm(clusterDirectory, { recursive: true, force: true });
    await rename(newCluster, clusterDirectory);
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

async function checkVersion({ clusterDirectory, binaries }: ClusterOptions): Promise<void> {
  const version = Number(await readFile(join(clusterDirectory, 'PG_VERSION'), 'utf8'));
  if (version === binaries.majorVersion) return;
  throw new LocalDatabaseError(
    'version-mismatch',
    `The database in ${clusterDirectory} was made by PostgreSQL ${String(version)}, but this release brings PostgreSQL ${String(binaries.majorVersion)}. ` +
      `Dump it with the release that made it (pg_dump) and load it here, or move the directory away to start empty.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
