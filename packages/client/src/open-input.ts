import { ClientError } from './errors.js';
import { openStream } from './open-stream.js';
import { DEFAULT_FILENAME, type FileInput, type OpenedFile } from './opened-file.js';
import type { Platform } from './platform.js';

export async function openInput(
  input: FileInput,
  { openPath }: Pick<Platform, 'openPath'>,
  filename?: string,
): Promise<OpenedFile> {
  const file = await open(input, openPath);
  return filename === undefined ? file : { ...file, filename };
}

async function open(input: FileInput, openPath: Platform['openPath']): Promise<OpenedFile> {
  if (typeof input === 'string') return openPath(input);
  if (input instanceof Blob) return openBlob(input);
  if (typeof input === 'object' && input !== null && (Symbol.asyncIterator in input || 'getReader' in input)) {
    return openStream(input);
  }
  throw new ClientError('file-unreadable', 'This is no path, File, Blob or stream of bytes.');
}

function openBlob(blob: Blob): OpenedFile {
  const { name, lastModified } = blob as Partial<File>;
  return {
    filename: name ?? DEFAULT_FILENAME,
    sizeBytes: blob.size,
    // A Blob without name and date could be any of the same size.
    fingerprint: name === undefined ? undefined : [name, blob.type, blob.size, lastModified].join('-'),
    blob,
    async read(startByte, endByte) {
      return new Uint8Array(await blob.slice(startByte, endByte).arrayBuffer());
    },
    close: () => Promise.resolve(),
  };
}
