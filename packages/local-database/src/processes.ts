import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { runProgram } from './run-program.js';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, which is what the signal was for.
  }
}

/** Waits until the process is gone; false when it is still there at the end of the time. */
export async function waitForEnd(pid: number, timeoutMilliseconds: number): Promise<boolean> {
  const end = Date.now() + timeoutMilliseconds;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await delay(20);
  }
  return true;
}

/** What tells a process from a later one with the same number: its start, as the system prints it. */
export async function processStart(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  // The name, second field, may hold spaces and brackets: fields are counted behind its last bracket.
  if (line !== undefined) return line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
  const { code, output } = await runProgram('ps', ['-o', 'lstart=', '-p', String(pid)], {
    account: undefined,
    timeoutMilliseconds: 5_000,
  });
  return code === 0 ? output.trim() : undefined;
}

/** Whether the process is a PostgreSQL of this cluster: all of them work inside the cluster's directory. */
export async function worksInCluster(pid: number, clusterDirectory: string): Promise<boolean> {
  if (process.platform === 'linux') {
    return (await readlink(`/proc/${String(pid)}/cwd`).catch(() => '')) === clusterDirectory;
  }
  const { output } = await runProgram('ps', ['-o', 'args=', '-p', String(pid)], {
    account: undefined,
    timeoutMilliseconds: 5_000,
  });
  return output.includes(clusterDirectory);
}

/** Every process of this cluster. Empty where the system has no /proc. */
export async function findClusterProcesses(clusterDirectory: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => [] as string[]);
  const found: number[] = [];
  for (const name of names) {
    if (/^\d+$/.test(name) && (await worksInCluster(Number(name), clusterDirectory))) found.push(Number(name));
  }
  return found;
}
