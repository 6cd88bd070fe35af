import { open, type FileHandle } from 'node:fs/promises';
import { fileTruncated } from './audio-error.js';
import type { ByteReader } from './byte-reader.js';
import { readAt } from './complete-file.js';
import type { Container } from './containers.js';
import { findMpegFrame, skipId3 } from './mpeg-frames.js';

const HEAD_BYTES = 4096;
const CHUNKS_MAX = 1000;

/**
 * The length that the header counts in samples or bytes, in seconds. Undefined where the container has no such count: an estimate from the bit rate is
 * none, and a length in time stamps may hold pauses that decode to nothing.
 */
export async function findClaimedSeconds(path: string, container: Container): Promise<number | undefined> {
  const file = await open(path, 'r');
  try {
    const seconds = await readClaim(file, container);
    return seconds !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  } finally {
    await file.close();
  }
}

/**
 * Throws `file-truncated` when much less was decoded than the header counts. A damaged frame costs up to half a second (a FLAC block of 4,096 samples at
 * 8 kHz) and an encoder's delay less: so much may be missing.
 */
export function assertDecodedLength(decodedSeconds: number, claimedSeconds: number | undefined): void {
  if (claimedSeconds === undefined) return;
  const missingSecondsAllowed = 0.6 + claimedSeconds * 0.001;
  if (claimedSeconds - decodedSeconds <= missingSecondsAllowed) return;
  throw fileTruncated(
    `it announces ${claimedSeconds.toFixed(1)} s of audio and only ${decodedSeconds.toFixed(1)} s could be decoded`,
    { claimedSeconds, decodedSeconds },
  );
}

async function readClaim(file: FileHandle, container: Container): Promise<number | undefined> {
  const head = await readAt(file, 0, HEAD_BYTES);
  switch (container) {
    case 'aiff':
      return aiffSeconds(file);
    case 'flac': {
      const start = skipId3(head);
      return flacSeconds(start === 0 ? head : await readAt(file, start, HEAD_BYTES));
    }
    case 'mp3': {
      const start = skipId3(head);
      return mp3Seconds(start === 0 ? head : await readAt(file, start, HEAD_BYTES));
    }
    case 'sph':
      return sphereSeconds(head);
    default:
      return undefined;
  }
}

/** AIFF: frames of `COMM` over its rate, an 80-bit float. */
async function aiffSeconds(file: FileHandle): Promise<number | undefined> {
  let offset = 12;
  for (let count = 0; count < CHUNKS_MAX; count += 1) {
    const reader = await readAt(file, offset, 26);
    const size = reader.uint32(4);
    if (Number.isNaN(size)) return undefined;
    if (reader.ascii(0, 4) === 'COMM') {
      const exponent = (reader.uint16(16) & 0x7fff) - 16_383 - 63;
      return reader.uint32(10) / (reader.uint64(18) * 2 ** exponent);
    }
    offset += 8 + size + (size % 2);
  }
  return undefined;
}

/** STREAMINFO: 20 bits of sample rate and, after 8 other bits, 36 bits of samples; 0 = not counted. */
function flacSeconds(reader: ByteReader): number | undefined {
  if (reader.ascii(0, 4) !== 'fLaC' || (reader.uint8(4) & 0x7f) !== 0) return undefined;
  const sampleRateHz = reader.uint32(18) >>> 12;
  const samples = (reader.uint8(21) & 0x0f) * 2 ** 32 + reader.uint32(22);
  return samples / sampleRateHz;
}

/** The first frame may hold a count of frames: `Xing` or `Info` behind the side information, or `VBRI` at a fixed place. */
function mp3Seconds(reader: ByteReader): number | undefined {
  const frame = findMpegFrame(reader, 0);
  if (frame === undefined) return undefined;
  const sideBytes = frame.version1 ? (frame.mono ? 17 : 32) : frame.mono ? 9 : 17;
  const xing = 4 + sideBytes;
  const counted = ['Xing', 'Info'].includes(reader.ascii(xing, 4)) && (reader.uint32(xing + 4) & 1) === 1;
  const frames = counted ? reader.uint32(xing + 8) : reader.ascii(36, 4) === 'VBRI' ? reader.uint32(50) : Number.NaN;
  return (frames * frame.samples) / frame.sampleRateHz;
}

/** NIST SPHERE: a text header of `name -type value` lines. */
function sphereSeconds(reader: ByteReader): number | undefined {
  const header = reader.ascii(0, Math.min(1024, reader.lengthBytes));
  const field = (name: string): number => Number(new RegExp(`^${name} -i (\\d+)`, 'm').exec(header)?.[1]);
  return field('sample_count') / field('sample_rate');
}
