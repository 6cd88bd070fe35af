import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SERVER_ENVIRONMENT } from './server-environment.js';

const LAST_LINES_MAX = 60;
const LINE_CHARACTERS_MAX = 1000;
const PAGE_BYTES = 4096;
const END_MILLISECONDS_MAX = 5_000;
/** Lines that an administrator wants to see; what the server says of each request is kept only for errors. */
const TROUBLE = /\b(error|warn|warning|fail|failed|abort|aborted|assert|exception|unable|could ?n.t)\b/i;
/** Its answer to being asked whether it is free again. */
const EXPECTED_TROUBLE = "no 'file' field";
/**
 * Becomes the server, after leaving a watcher behind that ends it when this process's end of the pipe closes: also when this process was killed, and also
 * in the middle of a window. A line on the pipe sends the watcher home.
 */
const WATCHED_START = 'exec 3<&0; { read -r _ <&3 || kill -KILL $$; } >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

/** The server as a process that does not outlive this one. */
export class ServerProcess {
  /** Resolves once, when the process is gone, with how. Never rejects. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  #hasEnded = false;

  constructor(path: string, args: readonly string[]) {
    this.#child = spawn('/bin/sh', ['-c', WATCHED_START, 'whisper-server', path, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: SERVER_ENVIRONMENT,
    });
    this.#child.stdin?.on('error', () => undefined);
    this.ended = this.#watchEnd();
    this.#captureLines(this.#child.stdout);
    this.#captureLines(this.#child.stderr);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it said last, for a person. */
  get lastOutput(): string {
    return this.#lastLines.join('\n');
  }

  /** Ends it at once. Idempotent; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill('SIGKILL');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, END_MILLISECONDS_MAX)));
    await Promise.race([this.ended, late]);
    clearTimeout(timer);
  }

  /** Resident bytes; undefined where the system does not tell. */
  async residentBytes(): Promise<number | undefined> {
    const text = await readFile(`/proc/${this.pid}/statm`, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : Number(text.split(' ')[1]) * PAGE_BYTES;
  }

  async #watchEnd(): Promise<string> {
    const how = await Promise.race([
      once(this.#child, 'exit').then(([code, signal]: (number | string | null)[]) =>
        signal === null ? `with exit code ${code}` : `by signal ${signal}`,
      ),
      once(this.#child, 'error').then(([error]: Error[]) => `before it began: ${error?.message ?? ''}`),
    ]).catch((error: unknown) => `before it began: ${String(error)}`);
    this.#hasEnded = true;
    this.#child.stdin?.end('\n');
    return how;
  }

  #captureLines(stream: Readable | null): void {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-LINE_CHARACTERS_MAX);
      for (const line of lines.map((whole) => whole.slice(0, LINE_CHARACTERS_MAX)).filter((kept) => kept !== '')) {
        this.#lastLines.push(line);
        // The host of this process writes what comes here to the log.
        if (TROUBLE.test(line) && !line.includes(EXPECTED_TROUBLE))
          process.stderr.write(`whisper-server ${this.pid}: ${line}\n`);
      }
      this.#lastLines.splice(0, this.#lastLines.length - LAST_LINES_MAX);
    });
    stream?.on('error', () => undefined);
  }
}
