import type { FileReader, FileSource } from 'tus-js-client';
import type { OpenedFile } from './opened-file.js';

/** Any input as the tus library reads its files. */
export function readPieces(file: OpenedFile): FileReader {
  const { sizeBytes } = file;
  const source = {
    size: sizeBytes ?? null,
    async slice(startByte: number, endByte: number) {
      const bytes = await file.read(startByte, endByte);
      const done =
        sizeBytes === undefined ? bytes.length < endByte - startByte : startByte + bytes.length === sizeBytes;
      // The library looks for `size`, as Blobs have it.
      return { value: Object.assign(bytes, { size: bytes.length }), done };
    },
    // Whoever opened the file closes it: the library would before a second try.
    close: () => undefined,
  };
  // Its types leave out that a size may be unknown.
  return { openFile: () => Promise.resolve(source as unknown as FileSource) };
}
