import { readFile, stat } from 'node:fs/promises';
import type { Account } from './account.js';
import { LocalDatabaseError } from './errors.js';
import { runProgram } from './run-program.js';

const SYSTEM_USER = 'voice-transcriber';

/**
 * The account PostgreSQL runs as: undefined means the caller's own. Only root needs another one, since PostgreSQL
 * refuses to run as root. A cluster that exists keeps its owner; otherwise a system user of our own is created once.
 */
export async function resolveAccount(clusterDirectory: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(clusterDirectory).catch(() => undefined);
  if (owner && owner.uid !== 0) return { name: `uid ${String(owner.uid)}`, uid: owner.uid, gid: owner.gid };
  return (await findAccount(SYSTEM_USER)) ?? (await createAccount());
}

async function createAccount(): Promise<Account> {
  const created = await runProgram(
    'useradd',
    [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      SYSTEM_USER,
    ],
    { account: undefined, timeoutMilliseconds: 20_000 },
  );
  // Looked up whatever the exit code: another start may have created it at the same moment.
  const account = await findAccount(SYSTEM_USER);
  if (account) return account;
  throw new LocalDatabaseError(
    'system-user-missing',
    `PostgreSQL does not run as root, and the system user "${SYSTEM_USER}" could not be created (${created.output.trim()}). ` +
      `Create it with "useradd --system ${SYSTEM_USER}", start as an ordinary user, or set DATABASE_URL to an existing PostgreSQL.`,
  );
}

async function findAccount(name: string): Promise<Account | undefined> {
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const line of accounts.split('\n')) {
    const [accountName, , uid, gid] = line.split(':');
    if (accountName === name && uid && gid) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/** Whether the account can enter the directory. Asked by trying it: modes alone say nothing about access lists or mounts. */
export async function canEnter(directory: string, account: Account): Promise<boolean> {
  const { code } = await runProgram('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], {
    account,
    timeoutMilliseconds: 10_000,
  });
  return code === 0;
}
