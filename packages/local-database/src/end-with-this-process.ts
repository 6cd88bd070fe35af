import { spawn } from 'node:child_process';

export interface EndWithThisProcessOptions {
  /** The process to end. With `group`, its whole process group: it must be the leader of one. */
  pid: number;
  group?: boolean;
  /** Sent first; SIGKILL follows after `graceSeconds`. */
  signal: 'INT' | 'TERM' | 'KILL';
  graceSeconds: number;
  /** A file whose first line must still be `pid`: a check that the number was not given to another program. */
  pidFile?: string;
}

/**
 * Ends another process when this one ends, however it ends: a small shell waits at the other end of a pipe, which the
 * system closes even after kill -9. Call `dismiss` as soon as the other process is gone.
 */
export function endWithThisProcess(options: EndWithThisProcessOptions): { dismiss(): void } {
  const { pid, group = false, signal, graceSeconds, pidFile = '' } = options;
  const script = `
    pid=$1 signal=$2 grace=$3 file=$4 target=$5$1
    cat >/dev/null
    is_running() { kill -0 "$target" 2>/dev/null && { [ -z "$file" ] || [ "$(head -n 1 "$file" 2>/dev/null)" = "$pid" ]; }; }
    is_running || exit 0
    kill "-$signal" "$target"
    while is_running && [ "$grace" -gt 0 ]; do sleep 1; grace=$((grace - 1)); done
    is_running && kill -KILL "$target"
  `;
  const shellArguments = [String(pid), signal, String(graceSeconds), pidFile, group ? '-' : ''];
  const guard = spawn('/bin/sh', ['-c', script, 'voice-transcriber-guard', ...shellArguments], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of the terminal's process group: Ctrl-C is for the supervisor, which stops its processes in its own order.
    detached: true,
    cwd: '/',
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  // The pipe must not keep this process alive either.
  (guard.stdin as unknown as { unref?: () => void }).unref?.();
  return {
    dismiss() {
      if (guard.pid !== undefined && guard.exitCode === null && guard.signalCode === null) {
        process.kill(-guard.pid, 'SIGKILL');
      }
      guard.stdin.destroy();
    },
  };
}
