import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface Seen {
  pid: number;
  start: string;
}

export interface ProcessWatch {
  /** Remembers a process and all that descend from it now. Call before killing it: orphans cannot be told afterwards. */
  note(pid: number): void;
  /** Those noted that still run, as `pid command`. Those that do not end in time are killed and returned. */
  endLeaked(timeoutMilliseconds: number): Promise<string[]>;
}

/** Finds processes that a test started, directly or not, and that outlive it. Linux only: reads /proc. */
export function createProcessWatch(): ProcessWatch {
  const seen = new Map<number, Seen>();
  return {
    note(pid) {
      for (const found of descendants(pid)) seen.set(found.pid, found);
    },
    async endLeaked(timeoutMilliseconds) {
      const running = (): Seen[] => [...seen.values()].filter(({ pid, start }) => readStat(pid)?.start === start);
      const end = Date.now() + timeoutMilliseconds;
      while (running().length > 0 && Date.now() < end) await delay(25);
      const leaked = running().map(({ pid }) => ({ pid, text: `${String(pid)} ${readCommand(pid)}` }));
      for (const { pid } of leaked) process.kill(pid, 'SIGKILL');
      return leaked.map(({ text }) => text);
    },
  };
}

function descendants(rootPid: number): Seen[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)));
  const family = new Set([rootPid]);
  // Children have later entries in the process table nearly always; two rounds more than the depth settle the rest.
  for (let round = 0; round < 8; round += 1) {
    for (const stat of all) if (stat && family.has(stat.parentPid)) family.add(stat.pid);
  }
  return all.flatMap((stat) => (stat && family.has(stat.pid) ? [{ pid: stat.pid, start: stat.start }] : []));
}

function readStat(pid: number): { pid: number; parentPid: number; start: string } | undefined {
  try {
    const line = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended: only its parent has not asked yet.
    if (fields[0] === 'Z') return undefined;
    return { pid, parentPid: Number(fields[1]), start: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
      .replaceAll('\0', ' ')
      .trim();
  } catch {
    return '';
  }
}
