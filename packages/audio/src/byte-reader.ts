/** Bounds-checked look into the head of a file: a read past the end yields NaN or '', which equals nothing. */
export interface ByteReader {
  readonly lengthBytes: number;
  uint8(offset: number): number;
  uint16(offset: number, littleEndian?: boolean): number;
  uint32(offset: number, littleEndian?: boolean): number;
  /** Exact up to 2^53. */
  uint64(offset: number, littleEndian?: boolean): number;
  ascii(offset: number, lengthBytes: number): string;
}

export function createByteReader(bytes: Uint8Array): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const holds = (offset: number, lengthBytes: number): boolean =>
    offset >= 0 && offset + lengthBytes <= bytes.byteLength;
  return {
    lengthBytes: bytes.byteLength,
    uint8: (offset) => (holds(offset, 1) ? view.getUint8(offset) : Number.NaN),
    uint16: (offset, littleEndian = false) => (holds(offset, 2) ? view.getUint16(offset, littleEndian) : Number.NaN),
    uint32: (offset, littleEndian = false) => (holds(offset, 4) ? view.getUint32(offset, littleEndian) : Number.NaN),
    uint64: (offset, littleEndian = false) =>
      holds(offset, 8) ? Number(view.getBigUint64(offset, littleEndian)) : Number.NaN,
    ascii: (offset, lengthBytes) =>
      holds(offset, lengthBytes) ? String.fromCharCode(...bytes.subarray(offset, offset + lengthBytes)) : '',
  };
}
