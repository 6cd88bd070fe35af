import { open, type FileHandle } from 'node:fs/promises';
import { fileTruncated } from './audio-error.js';
import { createByteReader, type ByteReader } from './byte-reader.js';
import type { Container } from './containers.js';

const OGG_PAGE_BYTES_MAX = 65_307;
const MP4_BOXES_MAX = 200_000;
const RIFF_CHUNKS_MAX = 1000;
const RIFF_BYTES_UNKNOWN_MIN = 0x7fff_0000;
const HEAD_BYTES = 4096;
const UINT64_UNKNOWN = 2 ** 56 - 1;

/**
 * Throws `file-truncated` when the container's own structure reaches past the end of the file. Containers that do not tell their length pass; what was
 * lost of them shows after decoding, if at all.
 */
export async function assertComplete(path: string, container: Container): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (container === 'wav') await assertDataComplete(file, size);
    if (container === 'mp4') await assertBoxesComplete(file, size);
    if (container === 'matroska') assertSegmentComplete(await readAt(file, 0, HEAD_BYTES), size);
    if (container === 'ogg') await assertLastPageComplete(file, size);
  } finally {
    await file.close();
  }
}

/** RIFF: the `data` chunk's bytes must be there, but for a tenth of a second. Writers to a pipe leave 0 or close to the largest number. */
async function assertDataComplete(file: FileHandle, sizeBytes: number): Promise<void> {
  const littleEndian = (await readAt(file, 0, 4)).ascii(0, 4) !== 'RIFX';
  let byteRate = 0;
  let dataBytes64 = Number.NaN;
  let offset = 12;
  for (let count = 0; count < RIFF_CHUNKS_MAX; count += 1) {
    const reader = await readAt(file, offset, 36);
    const id = reader.ascii(0, 4);
    const size = reader.uint32(4, littleEndian);
    if (Number.isNaN(size)) return;
    if (id === 'fmt ') byteRate = reader.uint32(16, littleEndian);
    if (id === 'ds64') dataBytes64 = reader.uint64(16, littleEndian);
    if (id === 'data') {
      const dataBytes = size < RIFF_BYTES_UNKNOWN_MIN ? size : dataBytes64;
      const missingBytes = offset + 8 + dataBytes - sizeBytes;
      if (missingBytes > byteRate / 10) throw fileTruncated('its last part is missing', { missingBytes });
      return;
    }
    offset += 8 + size + (size % 2);
  }
}

/** ISO 14496-12: the file is a row of boxes, and a recording without `moov` was never finished. */
async function assertBoxesComplete(file: FileHandle, sizeBytes: number): Promise<void> {
  let offset = 0;
  let hasMovie = false;
  for (let count = 0; offset + 8 <= sizeBytes && count < MP4_BOXES_MAX; count += 1) {
    const reader = await readAt(file, offset, 16);
    const type = reader.ascii(4, 4);
    // Rubbish behind the last box: nothing of the recording.
    if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) break;
    const size32 = reader.uint32(0);
    const boxBytes = size32 === 1 ? reader.uint64(8) : size32 === 0 ? sizeBytes - offset : size32;
    if (!(boxBytes >= 8)) break;
    if (type === 'moov') hasMovie = true;
    if (offset + boxBytes > sizeBytes && ['mdat', 'moov', 'moof'].includes(type)) {
      throw fileTruncated('its last part is missing', { missingBytes: offset + boxBytes - sizeBytes });
    }
    offset += boxBytes;
  }
  if (!hasMovie)
    throw fileTruncated('its table of contents is missing, as when a recorder was stopped before it could finish');
}

/** RFC 8794: an EBML header, then a segment whose size may be unknown (live recordings). */
function assertSegmentComplete(reader: ByteReader, sizeBytes: number): void {
  const headerSize = readVariableInteger(reader, 4);
  const segmentStart = 4 + headerSize.lengthBytes + headerSize.value;
  if (reader.uint32(segmentStart) !== 0x18538067) return;
  const segmentSize = readVariableInteger(reader, segmentStart + 4);
  const segmentEnd = segmentStart + 4 + segmentSize.lengthBytes + segmentSize.value;
  const unknown = segmentSize.value >= 2 ** (7 * segmentSize.lengthBytes) - 1 || segmentSize.value >= UINT64_UNKNOWN;
  if (!unknown && segmentEnd > sizeBytes) {
    throw fileTruncated('its last part is missing', { missingBytes: segmentEnd - sizeBytes });
  }
}

function readVariableInteger(
  reader: ByteReader,
  offset: number,
): { readonly value: number; readonly lengthBytes: number } {
  const first = reader.uint8(offset);
  const lengthBytes = Math.clz32(first) - 23;
  if (Number.isNaN(first) || lengthBytes > 8) return { value: Number.NaN, lengthBytes: 1 };
  let value = first & (0xff >> lengthBytes);
  for (let index = 1; index < lengthBytes; index += 1) value = value * 256 + reader.uint8(offset + index);
  return { value, lengthBytes };
}

/** RFC 3533: each page tells its own length, so a file that ends inside one was cut. */
async function assertLastPageComplete(file: FileHandle, sizeBytes: number): Promise<void> {
  const tailStart = Math.max(0, sizeBytes - OGG_PAGE_BYTES_MAX);
  const tail = await readAt(file, tailStart, OGG_PAGE_BYTES_MAX);
  for (let offset = tail.lengthBytes - 4; offset >= 0; offset -= 1) {
    if (tail.uint8(offset) !== 0x4f || tail.ascii(offset, 4) !== 'OggS') continue;
    const segments = tail.uint8(offset + 26);
    let pageBytes = 27 + segments;
    for (let index = 0; index < segments; index += 1) pageBytes += tail.uint8(offset + 27 + index);
    // NaN: the page's own table is cut off.
    if (!(tailStart + offset + pageBytes <= sizeBytes)) throw fileTruncated('it ends in the middle of a page');
    return;
  }
}

export async function readAt(file: FileHandle, position: number, lengthBytes: number): Promise<ByteReader> {
  const buffer = new Uint8Array(lengthBytes);
  const { bytesRead } = await file.read(buffer, 0, lengthBytes, position);
  return createByteReader(buffer.subarray(0, bytesRead));
}
