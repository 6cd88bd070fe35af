import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const FILE_BYTES_MAX = 10_000_000;
const FILES_KEPT = 3;
const LAST_LINES = 12;
const SHOWN_LEVELS = ['warn', 'error', 'fatal'];
/** A service that lost its database says so many times a second: once a minute is enough for a person. */
const REPEAT_MILLISECONDS = 60_000;

export interface ServiceLog {
  path: string;
  /** Takes every line of the stream; `onLine` sees it too. */
  take(stream: Readable, onLine?: (line: string) => void): void;
  write(line: string): void;
  /** What the service said last, for the message when it dies. */
  lastLines(): string[];
  close(): Promise<void>;
}

/**
 * The log file of one service, `<directory>/<name>.log`. Rotated at the start when it has grown large. Warnings and worse are
 * handed to `onWarning` as one readable line.
 */
export async function openServiceLog(
  directory: string,
  name: string,
  onWarning: (line: string) => void,
): Promise<ServiceLog> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${name}.log`);
  await rotate(path);
  const file = createWriteStream(path, { flags: 'a' });
  // A full disk must not end the supervisor: what cannot be logged is still shown.
  file.on('error', () => undefined);
  const last: string[] = [];
  const isNew = createRepeatFilter();
  const write = (line: string): void => {
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
    if (file.writable) file.write(`${line}\n`);
  };
  return {
    path,
    write,
    take(stream, onLine) {
      createInterface({ input: stream }).on('line', (line) => {
        write(line);
        const warning = readWarning(line);
        if (warning !== undefined && isNew(warning)) onWarning(warning);
        onLine?.(line);
      });
    },
    lastLines: () => last.map((line) => readMessage(line) ?? line),
    close: () => new Promise((resolve) => file.end(resolve)),
  };
}

/** Lines that differ only in numbers are the same. */
function createRepeatFilter(): (line: string) => boolean {
  const shownAt = new Map<string, number>();
  return (line) => {
    const kind = line.replaceAll(/\d+/g, '#');
    const isNew = Date.now() - (shownAt.get(kind) ?? 0) > REPEAT_MILLISECONDS;
    if (isNew) shownAt.set(kind, Date.now());
    return isNew;
  };
}

async function rotate(path: string): Promise<void> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size < FILE_BYTES_MAX) return;
  for (let index = FILES_KEPT - 1; index >= 0; index -= 1) {
    const from = index === 0 ? path : `${path}.${String(index)}`;
    await rename(from, `${path}.${String(index + 1)}`).catch(() => undefined);
  }
}

interface LogLine {
  level?: unknown;
  msg?: unknown;
  error?: { message?: unknown };
}

function parseLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}

function readMessage(line: string): string | undefined {
  const parsed = parseLine(line);
  if (typeof parsed?.msg !== 'string') return undefined;
  const cause = parsed.error?.message;
  return typeof cause === 'string' && !parsed.msg.includes(cause) ? `${parsed.msg}: ${cause}` : parsed.msg;
}

function readWarning(line: string): string | undefined {
  const level = parseLine(line)?.level;
  return typeof level === 'string' && SHOWN_LEVELS.includes(level) ? readMessage(line) : undefined;
}
