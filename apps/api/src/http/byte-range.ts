export interface ByteRange {
  readonly startByte: number;
  readonly lengthBytes: number;
}

const SINGLE_RANGE = /^bytes=(\d*)-(\d*)$/;

/** A Range header's one range. Undefined: send the whole (no header, several ranges, another unit), as RFC 9110 allows. */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const match = header === undefined ? null : SINGLE_RANGE.exec(header);
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const lengthBytes = Math.min(Number(last), sizeBytes);
    return lengthBytes === 0 ? 'unsatisfiable' : { startByte: sizeBytes - lengthBytes, lengthBytes };
  }
  const startByte = Number(first);
  const lastByte = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (startByte >= sizeBytes) return 'unsatisfiable';
  if (lastByte < startByte) return undefined;
  return { startByte, lengthBytes: lastByte - startByte + 1 };
}
