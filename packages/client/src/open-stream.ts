import { ClientError } from './errors.js';
import { DEFAULT_FILENAME, type OpenedFile } from './opened-file.js';

type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** A stream that can be read by offset, as long as nobody goes back: what is before the latest start is given free. */
export function openStream(stream: ByteStream): OpenedFile {
  const chunks = iterate(stream);
  let held = new Uint8Array(0);
  let heldFrom = 0;
  let ended = false;

  const fill = async (bytesWanted: number): Promise<void> => {
    const parts = [held];
    let bytes = held.length;
    while (bytes < bytesWanted && !ended) {
      const next: IteratorResult<Uint8Array, undefined> = await chunks.next().catch((cause: unknown) => {
        throw new ClientError('file-unreadable', `The stream broke off: ${String(cause)}`, { cause });
      });
      if (next.done) ended = true;
      else {
        parts.push(next.value as Uint8Array<ArrayBuffer>);
        bytes += next.value.length;
      }
    }
    if (parts.length > 1) held = concatenate(parts, bytes);
  };

  return {
    filename: DEFAULT_FILENAME,
    sizeBytes: undefined,
    fingerprint: undefined,
    async read(startByte, endByte) {
      if (startByte < heldFrom) {
        throw new ClientError('file-unreadable', 'The stream would have to be read again from an earlier place.');
      }
      await fill(startByte - heldFrom);
      held = held.subarray(startByte - heldFrom);
      heldFrom = startByte;
      await fill(endByte - startByte);
      return held.slice(0, endByte - startByte);
    },
    async close() {
      if (!ended) await chunks.return?.().catch(() => undefined);
    },
  };
}

/** Web streams are iterable in Node but not in every browser. */
function iterate(stream: ByteStream): AsyncIterator<Uint8Array, undefined> {
  if (Symbol.asyncIterator in stream) return (stream as AsyncIterable<Uint8Array, undefined>)[Symbol.asyncIterator]();
  const reader = (stream as ReadableStream<Uint8Array>).getReader();
  return {
    next: async () => reader.read() as Promise<IteratorResult<Uint8Array, undefined>>,
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

function concatenate(parts: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
