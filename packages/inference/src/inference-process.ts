import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { BackendError } from '@voice-transcriber/backend-sdk';
import { encodeFrame, FrameDecoder, violated } from './frames.js';
import type { HostLogger } from './host-logger.js';
import { parseChildMessage, type ChildMessage, type HostMessage } from './messages.js';

const CHILD_ENTRY = fileURLToPath(new URL('./child-main.js', import.meta.url));
/**
 * All that an inference process gets of an environment: settings of the C library. Few arenas: each keeps the largest buffers that it ever gave, which doubled what a small model holds. And every block of a mebibyte and more
 * from the system and back to it: by default that bound rises to 32 MiB, and freed buffers stay (after twenty loads 1.2 GB instead of 0.35 GB).
 */
export const CHILD_ENVIRONMENT = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: String(1024 * 1024) };
const NICENESS = 10;
const LAST_LINES_MAX = 20;
const LINE_CHARACTERS_MAX = 2000;
const DISPOSE_MILLISECONDS_MAX = 3_000;
/** After the exit the pipe may still hold the last frames; a process that inherited the pipe may keep it open for ever. */
const DRAIN_MILLISECONDS_MAX = 200;

export interface InferenceProcessOptions {
  readonly moduleUrl: string;
  readonly logger: HostLogger;
  /** Where the process writes a V8 CPU profile of each of its threads when it ends in an orderly way. */
  readonly profileDirectory?: string | undefined;
  /** Called for each message, until the process has ended. */
  readonly onMessage: (message: ChildMessage) => void;
}

/**
 * One child process with the protocol pipe. Whatever the child does (dies, talks nonsense, floods its output), the outcome is `ended` with a BackendError;
 * nothing is thrown from here.
 */
export class InferenceProcess {
  /** Resolves once, when the process is gone, with the reason. Never rejects. */
  readonly ended: Promise<BackendError>;
  readonly #child: ChildProcess;
  readonly #pipe: Duplex | undefined;
  readonly #options: InferenceProcessOptions;
  readonly #lastLines: string[] = [];
  #killedFor: BackendError | undefined;
  #hasEnded = false;

  constructor(options: InferenceProcessOptions) {
    this.#options = options;
    // None of this process's environment: native code that reads other people's files needs no secrets.
    this.#child = spawn(
      process.execPath,
      [...profileArguments(options), CHILD_ENTRY, options.moduleUrl, String(process.pid)],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        env: CHILD_ENVIRONMENT,
        windowsHide: true,
      },
    );
    giveWay(this.#child.pid);
    this.#pipe = (this.#child.stdio[3] as Duplex | null | undefined) ?? undefined;
    this.ended = this.#watchEnd();
    this.#readFrames();
    this.#captureLines(this.#child.stdout, 'stdout');
    this.#captureLines(this.#child.stderr, 'stderr');
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  send(message: HostMessage, payload?: Uint8Array): void {
    if (this.#hasEnded) return;
    for (const piece of encodeFrame(message, payload)) this.#pipe?.write(piece);
  }

  /** Ends the process at once; `ended` then gives this reason. */
  kill(reason: BackendError): void {
    this.#killedFor ??= reason;
    this.#child.kill('SIGKILL');
  }

  /** Asks the process to free its model and go; a process that does not is killed. Idempotent. */
  async dispose(): Promise<void> {
    const reason = new BackendError('cancelled', 'The model was unloaded.', { retry: 'here' });
    this.#killedFor ??= reason;
    this.send({ type: 'dispose' });
    const timer = setTimeout(() => this.kill(reason), DISPOSE_MILLISECONDS_MAX);
    await this.ended;
    clearTimeout(timer);
  }

  #watchEnd(): Promise<BackendError> {
    return new Promise((resolve) => {
      const finish = (error: BackendError) => {
        this.#hasEnded = true;
        this.#pipe?.destroy();
        resolve(this.#killedFor ?? error);
      };
      this.#child.once('error', (error) => {
        if (this.#child.pid !== undefined) return;
        finish(
          new BackendError('process-crashed', `The inference process could not be started: ${error.message}`, {
            retry: 'here',
            cause: error,
          }),
        );
      });
      this.#child.once('exit', (exitCode, signal) => {
        const error = this.#crash(exitCode, signal);
        const timer = setTimeout(() => finish(error), DRAIN_MILLISECONDS_MAX);
        this.#child.once('close', () => {
          clearTimeout(timer);
          finish(error);
        });
      });
    });
  }

  #crash(exitCode: number | null, signal: NodeJS.Signals | null): BackendError {
    const how = signal === null ? `with exit code ${exitCode}` : `by signal ${signal}`;
    return new BackendError(
      'process-crashed',
      `The inference process ended ${how}. The window can be tried again on a new one.`,
      { retry: 'here', details: { exitCode, signal, pid: this.#child.pid, lastOutput: this.#lastLines.join('\n') } },
    );
  }

  #readFrames(): void {
    const decoder = new FrameDecoder();
    this.#pipe?.on('data', (chunk: Buffer) => {
      if (this.#killedFor?.code === 'protocol-violated') return;
      try {
        for (const frame of decoder.push(chunk)) this.#options.onMessage(parseChildMessage(frame.message));
      } catch (error) {
        this.kill(error instanceof BackendError ? error : violated('something that could not be handled'));
      }
    });
    // A broken pipe is the end of the process, which `exit` tells.
    this.#pipe?.on('error', () => undefined);
  }

  #captureLines(stream: Readable | null, name: string): void {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-LINE_CHARACTERS_MAX);
      for (const line of lines) {
        this.#lastLines.push(line.slice(0, LINE_CHARACTERS_MAX));
        this.#options.logger.debug({ pid: this.#child.pid, stream: name }, line.slice(0, LINE_CHARACTERS_MAX));
      }
      this.#lastLines.splice(0, this.#lastLines.length - LAST_LINES_MAX);
    });
    stream?.on('error', () => undefined);
  }
}

function profileArguments({ profileDirectory }: InferenceProcessOptions): string[] {
  return profileDirectory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`];
}

/**
 * Inference takes the cores that are free: on a busy machine the API, the database and the leases come first. Said at once, while the process has
 * one thread, for threads inherit it.
 */
function giveWay(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICENESS);
  } catch {
    // Gone already, or not allowed here: everything works, only slower to answer.
  }
}
