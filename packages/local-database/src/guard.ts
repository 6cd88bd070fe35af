import { spawn } from 'node:child_process';

/**
 * Ends the server when this process ends, however it ends: a small shell waits at the other end of a pipe, and the system
 * closes the pipe even after kill -9. It checks the server's own pid file first, so that a reused number is never hit.
 */
export function guardServer(serverPid: number, clusterDirectory: string): { dismiss(): void } {
  const script = 'cat >/dev/null; [ "$(head -n 1 "$2/postmaster.pid")" = "$1" ] && kill -INT "$1"';
  const guard = spawn(
    '/bin/sh',
    ['-c', script, 'voice-transcriber-database-guard', String(serverPid), clusterDirectory],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Out of the terminal's process group: Ctrl-C is for the supervisor, which stops the server in its own order.
      detached: true,
      cwd: '/',
    },
  );
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return {
    dismiss() {
      if (guard.pid !== undefined && guard.exitCode === null && guard.signalCode === null)
        process.kill(-guard.pid, 'SIGKILL');
      guard.stdin.destroy();
    },
  };
}
