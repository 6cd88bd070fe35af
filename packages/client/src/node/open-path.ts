import { open, type FileHandle } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ClientError } from '../errors.js';
import type { OpenedFile } from '../opened-file.js';

export async function openPath(path: string): Promise<OpenedFile> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw new ClientError('file-unreadable', `${path} is not a file.`);
    const sizeBytes = facts.size;
    return {
      filename: basename(path),
      sizeBytes,
      fingerprint: [resolve(path), sizeBytes, facts.mtimeMs].join('-'),
      // Exactly the announced bytes, also of a file that grows meanwhile.
      read: (startByte, endByte) => readRange(handle, { path, startByte, endByte: Math.min(endByte, sizeBytes) }),
      close: () => handle.close().catch(() => undefined),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readRange(
  handle: FileHandle,
  { path, startByte, endByte }: { path: string; startByte: number; endByte: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.max(0, endByte - startByte));
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await handle
      .read(bytes, filled, bytes.length - filled, startByte + filled)
      .catch((cause: unknown) => {
        throw unreadable(path, cause);
      });
    if (bytesRead === 0) throw new ClientError('file-unreadable', `${path} became shorter while it was sent.`);
    filled += bytesRead;
  }
  return bytes;
}

function unreadable(path: string, cause: unknown): ClientError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const message = code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${code}.`;
  return new ClientError('file-unreadable', message, { cause });
}
