import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalDatabaseLogger } from './local-database-logger.js';
import { findClusterProcesses, isAlive, signalProcess, waitForEnd, worksInCluster } from './processes.js';

const FAST_SHUTDOWN_MILLISECONDS = 10_000;
const IMMEDIATE_SHUTDOWN_MILLISECONDS = 5_000;

/** What PostgreSQL writes about itself into the cluster's postmaster.pid. */
export interface PostmasterFile {
  pid: number;
  /** 'starting', 'ready', 'stopping', 'standby'. */
  status: string | undefined;
}

export async function readPostmasterFile(clusterDirectory: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(clusterDirectory, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const lines = text?.split('\n');
  const pid = Number(lines?.[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, status: lines?.[7]?.trim() } : undefined;
}

/**
 * Clears what a killed predecessor left: a server that still runs is shut down, its left-behind children are ended, and a
 * postmaster.pid whose number belongs to some other program by now is removed. To be called with the directory's lock held.
 */
export async function endLeftovers(clusterDirectory: string, logger: LocalDatabaseLogger): Promise<void> {
  const left = await readPostmasterFile(clusterDirectory);
  if (left && isAlive(left.pid)) {
    if (await worksInCluster(left.pid, clusterDirectory)) {
      logger.warn(`Stopping PostgreSQL process ${String(left.pid)}, which outlived the program that started it.`);
      await endServer(left.pid);
    } else {
      await rm(join(clusterDirectory, 'postmaster.pid'), { force: true });
    }
  }
  // Children of a killed server notice its death only when they next wait for something.
  for (const pid of await findClusterProcesses(clusterDirectory)) {
    signalProcess(pid, 'SIGKILL');
    await waitForEnd(pid, IMMEDIATE_SHUTDOWN_MILLISECONDS);
  }
}

/** Fast shutdown (open transactions are rolled back), then immediate, then by force: recovery makes the last two safe. */
export async function endServer(pid: number): Promise<void> {
  signalProcess(pid, 'SIGINT');
  if (await waitForEnd(pid, FAST_SHUTDOWN_MILLISECONDS)) return;
  signalProcess(pid, 'SIGQUIT');
  if (await waitForEnd(pid, IMMEDIATE_SHUTDOWN_MILLISECONDS)) return;
  signalProcess(pid, 'SIGKILL');
  await waitForEnd(pid, IMMEDIATE_SHUTDOWN_MILLISECONDS);
}
