import type { ByteReader } from './byte-reader.js';

const BITRATES_V1_LAYER3 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BITRATES_V2_LAYER3 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const BITRATES_V1_LAYER2 = [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const BITRATES_V1_LAYER1 = [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
const BITRATES_V2_LAYER1 = [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
const SAMPLE_RATES_V1_HZ = [44_100, 48_000, 32_000];

export interface MpegFrame {
  readonly lengthBytes: number;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly version1: boolean;
  readonly mono: boolean;
}

/** Parses the header of an MPEG audio frame (layers I to III), as ISO 11172-3 and 13818-3 lay it out; undefined when there is none. */
export function findMpegFrame(reader: ByteReader, offset: number): MpegFrame | undefined {
  const header = reader.uint32(offset);
  if (Number.isNaN(header) || header >>> 21 !== 0x7ff) return undefined;
  const version = (header >>> 19) & 3;
  const layer = 4 - ((header >>> 17) & 3);
  const bitrateIndex = (header >>> 12) & 15;
  const rateIndex = (header >>> 10) & 3;
  if (version === 1 || layer === 4 || bitrateIndex === 0 || bitrateIndex === 15 || rateIndex === 3) return undefined;
  const version1 = version === 3;
  const bitrate = (bitratesOf(version1, layer)[bitrateIndex - 1] ?? 0) * 1000;
  const divisor = version1 ? 1 : version === 2 ? 2 : 4;
  const sampleRateHz = (SAMPLE_RATES_V1_HZ[rateIndex] ?? 0) / divisor;
  const padding = (header >>> 9) & 1;
  const samples = layer === 1 ? 384 : layer === 3 && !version1 ? 576 : 1152;
  const slotBytes = layer === 1 ? 4 : 1;
  const slots = Math.floor((samples / 8 / slotBytes) * (bitrate / sampleRateHz)) + padding;
  return { lengthBytes: slots * slotBytes, samples, sampleRateHz, version1, mono: ((header >>> 6) & 3) === 3 };
}

function bitratesOf(version1: boolean, layer: number): readonly number[] {
  if (version1) return layer === 1 ? BITRATES_V1_LAYER1 : layer === 2 ? BITRATES_V1_LAYER2 : BITRATES_V1_LAYER3;
  return layer === 1 ? BITRATES_V2_LAYER1 : BITRATES_V2_LAYER3;
}

/** Bytes of an ADTS frame (AAC), or undefined. */
export function findAdtsFrameBytes(reader: ByteReader, offset: number): number | undefined {
  if ((reader.uint16(offset) & 0xfff6) !== 0xfff0) return undefined;
  const lengthBytes = ((reader.uint32(offset + 2) & 0x3ffe0) >>> 5) >>> 0;
  const sampleRateIndex = (reader.uint8(offset + 2) >>> 2) & 15;
  return sampleRateIndex < 13 && lengthBytes >= 7 ? lengthBytes : undefined;
}

/** Where the audio begins behind an ID3v2 tag: 0 without one. Tags can follow one another. */
export function skipId3(reader: ByteReader): number {
  let offset = 0;
  while (reader.ascii(offset, 3) === 'ID3') {
    const size = [6, 7, 8, 9].reduce((sum, index) => sum * 128 + (reader.uint8(offset + index) & 0x7f), 0);
    const footerBytes = (reader.uint8(offset + 5) & 0x10) === 0 ? 0 : 10;
    offset += 10 + size + footerBytes;
  }
  return offset;
}

/** True when so many frames follow one another from the offset on, or as many as the head holds and at least one. */
export function framesFollow(
  reader: ByteReader,
  offset: number,
  frameBytes: (offset: number) => number | undefined,
  framesMin: number,
): boolean {
  let position = offset;
  for (let count = 0; count < framesMin; count += 1) {
    if (count > 0 && position + 4 > reader.lengthBytes) return true;
    const lengthBytes = frameBytes(position);
    if (lengthBytes === undefined || lengthBytes <= 0) return false;
    position += lengthBytes;
  }
  return true;
}
