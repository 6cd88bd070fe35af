import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@voice-transcriber/testkit';

const isUnfinished = (path: string): boolean => path.includes('/spool/') || path.includes('/.parts/');

/** What uploads have left in the data directory once none is under way: answers come a moment before their spool files go. */
export async function uploadTraces(dataDirectory: string): Promise<string[]> {
  return waitFor(
    async () => {
      const traces = await listTraces(dataDirectory);
      if (traces.some(isUnfinished)) throw new Error(`still there: ${traces.filter(isUnfinished).join(', ')}`);
      return traces;
    },
    { timeoutMilliseconds: 10_000, what: 'the end of all uploads' },
  );
}

/** Files that uploads leave: spool files, unfinished parts and blobs. */
async function listTraces(dataDirectory: string): Promise<string[]> {
  const entries = await readdir(dataDirectory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path.includes('/spool/') || path.includes('/storage/'))
    .sort();
}

/** Waits until uploads have left no more than these files: an aborted one is cleaned up behind its connection's end. */
export async function expectTraces(dataDirectory: string, expected: readonly string[]): Promise<void> {
  await waitFor(
    async () => {
      const traces = await listTraces(dataDirectory);
      if (JSON.stringify(traces) === JSON.stringify([...expected].sort())) return true;
      throw new Error(`left behind: ${traces.join(', ')}`);
    },
    { timeoutMilliseconds: 10_000, what: 'the data directory to be clean' },
  );
}
