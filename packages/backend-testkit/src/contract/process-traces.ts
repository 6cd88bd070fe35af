import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Processes that this one has started and that still run. Empty where there is no /proc. */
export function childProcesses(): number[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(isOwnChild);
}

function isOwnChild(pid: number): boolean {
  // The name may hold anything, also blanks and brackets: the fields are counted behind it.
  const [state, parent] = (read(`/proc/${pid}/stat`).split(') ').at(-1) ?? '').split(' ');
  return Number(parent) === process.pid && state !== 'Z';
}

/** Open files, as paths, and `socket:[…]` and the like. */
export function openFiles(): string[] {
  return list('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      // The one with which the folder was read.
      return [];
    }
  });
}

/** Whether the file is open in this process or mapped into its memory. */
export function isHeld(file: string): boolean {
  return openFiles().includes(file) || read('/proc/self/maps').includes(file);
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
