import { spawnService, type ProcessWatch, type Service } from '@voice-transcriber/testkit';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';

export interface SupervisedWorker {
  /** Of the process that runs now. */
  readonly pid: number;
  readonly workerId: string;
  readonly starts: number;
  /** Resolves when the process is gone; the next one is on its way then. */
  kill(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  output(): string;
  stop(): Promise<number | null>;
}

const PROGRAM = join(REPOSITORY_DIRECTORY, 'apps', 'worker', 'dist', 'main.js');

/** A worker process that is started again whenever it ends, as a supervisor does. */
export async function startSupervisedWorker(
  env: Record<string, string>,
  watch: ProcessWatch,
): Promise<SupervisedWorker> {
  let stopped = false;
  let starts = 0;
  let current = await start();
  let restart: Promise<void> = Promise.resolve();

  async function start(): Promise<Service<{ workerId: string }>> {
    starts += 1;
    const service = await spawnService<{ workerId: string }>({ name: 'worker', program: PROGRAM, env });
    void service.exited.then(() => {
      if (!stopped) restart = start().then((next) => void (current = next));
    });
    return service;
  }

  return {
    get pid() {
      return current.pid;
    },
    get workerId() {
      return current.ready.workerId;
    },
    get starts() {
      return starts;
    },
    async kill() {
      const victim = current;
      watch.note(victim.pid);
      victim.process.kill('SIGKILL');
      await victim.exited;
    },
    signal(signal) {
      current.process.kill(signal);
    },
    output: () => current.output(),
    async stop() {
      stopped = true;
      await restart;
      watch.note(current.pid);
      return current.stop();
    },
  };
}
