import { Worker } from 'node:worker_threads';

export interface FileDigests {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sha1: string;
  readonly sizeBytes: number;
}

/**
 * Both checksums of a file, worked out beside the event loop: a checkpoint of 3 GB takes ten seconds, in which a server has to answer and a
 * worker has to send heartbeats. Rejects with the file system's error, or with the signal's reason.
 */
export async function hashFile(path: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<FileDigests> {
  signal?.throwIfAborted();
  const thread = new Worker(new URL('./hash-file-thread.js', import.meta.url), { workerData: { path }, execArgv: [] });
  let stop: (() => void) | undefined;
  try {
    return await new Promise<FileDigests>((resolve, reject) => {
      stop = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', stop, { once: true });
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', () => reject(new Error(`The checksum of ${path} was not worked out: its thread ended.`)));
    });
  } finally {
    if (stop !== undefined) signal?.removeEventListener('abort', stop);
    await thread.terminate();
  }
}
