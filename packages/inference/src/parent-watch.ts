import { isMainThread, workerData } from 'node:worker_threads';

const POLL_MILLISECONDS = 200;

/**
 * Ends the inference process when its host has died. It runs in a thread of its own, because native code may block the main thread for minutes, and asks
 * for the parent's id, because a killed parent says nothing.
 */
if (!isMainThread) {
  const parentPid = workerData as number;
  setInterval(() => {
    if (process.ppid !== parentPid) process.kill(process.pid, 'SIGKILL');
  }, POLL_MILLISECONDS);
}
