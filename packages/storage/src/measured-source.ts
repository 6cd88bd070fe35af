import { createHash } from 'node:crypto';
import { StorageError } from './storage-error.js';
import type { PutOptions, StoredBlob } from './storage.js';

export interface MeasuredSource {
  /** The source's chunks, once. Fails with `upload-aborted` or `blob-too-large`. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What went through; complete when the chunks have ended. */
  facts(): StoredBlob;
}

/** Hashes and counts a source on its way, and refuses it as soon as it exceeds the limit. */
export function measureSource(
  source: AsyncIterable<Uint8Array>,
  key: string,
  { sizeBytesMax = Number.POSITIVE_INFINITY, signal }: PutOptions,
): MeasuredSource {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* measure(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of abortable(source, key, signal)) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > sizeBytesMax) throw tooLargeError(key, sizeBytesMax);
      hash.update(chunk);
      yield chunk;
    }
  }
  return { chunks: measure(), facts: () => ({ sizeBytes, sha256: hash.digest('hex') }) };
}

/** Yields the source's chunks; a failing source and a fired signal become `upload-aborted`. A silent source cannot hold the caller after an abort. */
export async function* abortable(
  source: AsyncIterable<Uint8Array>,
  key: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (;;) {
      const next = await nextChunk(iterator, key, signal);
      if (next.done === true) {
        finished = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: a generator that waits for a dead client would never answer.
    if (!finished) iterator.return?.().then(undefined, () => undefined);
  }
}

/** One listener per chunk, not one promise raced by all: a race keeps every value it has seen alive as long as its longest runner. */
async function nextChunk(
  iterator: AsyncIterator<Uint8Array>,
  key: string,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<Uint8Array>> {
  if (signal?.aborted) throw abortedError(key, signal.reason);
  let onAbort = (): void => undefined;
  try {
    return await new Promise((resolve, reject) => {
      onAbort = () => reject(abortedError(key, signal?.reason));
      signal?.addEventListener('abort', onAbort, { once: true });
      iterator.next().then(resolve, (error: unknown) => reject(abortedError(key, error)));
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

export function abortedError(key: string, cause: unknown): StorageError {
  if (cause instanceof StorageError && cause.code === 'upload-aborted') return cause;
  return new StorageError('upload-aborted', 'The upload ended before the whole file had arrived. Send it again.', {
    details: { key },
    cause,
  });
}

function tooLargeError(key: string, sizeBytesMax: number): StorageError {
  return new StorageError(
    'blob-too-large',
    `The file is larger than the ${sizeBytesMax} bytes allowed. Send a smaller or more strongly compressed one, or raise the limit.`,
    { details: { key, sizeBytesMax } },
  );
}
