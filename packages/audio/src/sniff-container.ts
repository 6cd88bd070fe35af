import { AudioError } from './audio-error.js';
import { createByteReader, type ByteReader } from './byte-reader.js';
import { findContainer, type Container, type SniffedContainer } from './containers.js';
import { findAdtsFrameBytes, findMpegFrame, framesFollow, skipId3 } from './mpeg-frames.js';
import { findText, isPlaylist } from './playlists.js';

/** As much of a file's beginning as the rules may want to see. */
export const SNIFF_BYTES = 64 * 1024;

const ASF_GUID = '\x30\x26\xb2\x75\x8e\x66\xcf\x11';
const W64_GUID = 'riff\x2e\x91\xcf\x11';
const MXF_KEY = '\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02';
const MP4_BOXES = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'styp', 'moof']);

const MAGICS: readonly (readonly [string, Container])[] = [
  ['fLaC', 'flac'],
  ['OggS', 'ogg'],
  ['\x1a\x45\xdf\xa3', 'matroska'],
  ['NIST_1A', 'sph'],
  ['#!AMR', 'amr'],
  [ASF_GUID, 'asf'],
  [W64_GUID, 'w64'],
  ['caff', 'caf'],
  ['.snd', 'au'],
  ['\x00\x00\x01\xba', 'mpegps'],
  ['TTA1', 'tta'],
  ['wvpk', 'wavpack'],
  ['MAC ', 'ape'],
  ['MP+', 'musepack7'],
  ['MPCK', 'musepack8'],
  ['FLV\x01', 'flv'],
  ['Creative Voice File', 'voc'],
  ['DSD ', 'dsf'],
  ['.RMF', 'realmedia'],
  ['.ra\xfd', 'realmedia'],
  ['\x00\x00\x00\x00\x01\xbc', 'gxf'],
  [MXF_KEY, 'mxf'],
  ['tBaK', 'tak'],
  ['ajkg', 'shorten'],
  ['nut/multimedia container\x00', 'nut'],
  ['\x7f\xfe\x80\x01', 'dts'],
  ['\xfe\x7f\x01\x80', 'dts'],
  ['\x1f\xff\xe8\x00', 'dts'],
  ['\xff\x1f\x00\xe8', 'dts'],
];

/**
 * Tells the container from the first bytes alone (SNIFF_BYTES, or the whole of a smaller file). Neither name nor claimed type is asked: they are the
 * sender's word. Throws AudioError `file-empty`, `playlist-refused`, `file-not-audio` (text, picture, document) or `container-unsupported`.
 */
export function sniffContainer(head: Uint8Array): SniffedContainer {
  if (head.byteLength === 0) {
    throw new AudioError('file-empty', 'The file is empty. Check that the recording was saved, then upload it again.');
  }
  const reader = createByteReader(head.subarray(0, SNIFF_BYTES));
  const container = findByMagic(reader) ?? findByStructure(reader);
  const sniffed = container === undefined ? undefined : findContainer(container);
  if (sniffed !== undefined) return sniffed;
  throw refusal(head.subarray(0, SNIFF_BYTES));
}

function findByMagic(reader: ByteReader): Container | undefined {
  const riff = findRiff(reader);
  if (riff !== undefined) return riff;
  if (reader.ascii(0, 4) === 'FORM' && ['AIFF', 'AIFC'].includes(reader.ascii(8, 4))) return 'aiff';
  if (MP4_BOXES.has(reader.ascii(4, 4)) && plausibleBox(reader)) return 'mp4';
  return MAGICS.find(([magic]) => reader.ascii(0, magic.length) === magic)?.[1];
}

function findRiff(reader: ByteReader): Container | undefined {
  const form = reader.ascii(8, 4);
  if (['RIFF', 'RF64', 'RIFX', 'BW64'].includes(reader.ascii(0, 4)) && form === 'WAVE') return 'wav';
  if (reader.ascii(0, 4) !== 'RIFF') return undefined;
  if (form === 'AVI ' || form === 'AVIX') return 'avi';
  return form === 'QLCM' ? 'qcp' : undefined;
}

/** A 32-bit size that holds its own header, 0 (to the end) or 1 (a 64-bit size follows). */
function plausibleBox(reader: ByteReader): boolean {
  const size = reader.uint32(0);
  return size >= 8 || size === 0 || size === 1;
}

/** Streams of frames have no magic: several frames must follow one another. */
function findByStructure(reader: ByteReader): Container | undefined {
  if (isTransportStream(reader)) return 'mpegts';
  if (reader.uint16(0) === 0x0b77) return reader.uint8(5) >>> 3 > 10 ? 'eac3' : 'ac3';
  const audioStart = skipId3(reader);
  if (audioStart >= reader.lengthBytes) return audioStart > 0 ? 'mp3' : undefined;
  if (audioStart > 0 && reader.ascii(audioStart, 4) === 'fLaC') return 'flac';
  const mpegBytes = (offset: number): number | undefined => findMpegFrame(reader, offset)?.lengthBytes;
  const adtsBytes = (offset: number): number | undefined => findAdtsFrameBytes(reader, offset);
  if (framesFollow(reader, audioStart, adtsBytes, 3)) return 'aac';
  if (framesFollow(reader, audioStart, mpegBytes, 2)) return 'mp3';
  // Rubbish before the first frame, as recorders of radio streams leave it: more frames must then agree.
  for (let offset = audioStart + 1; offset + 4 < reader.lengthBytes; offset += 1) {
    if (reader.uint8(offset) !== 0xff) continue;
    if (offset > reader.lengthBytes / 2 && audioStart === 0) break;
    if (framesFollow(reader, offset, mpegBytes, 4)) return 'mp3';
    if (framesFollow(reader, offset, adtsBytes, 4)) return 'aac';
  }
  return audioStart > 0 ? 'mp3' : undefined;
}

/** Packets of 188 bytes that begin with 0x47; recorders of AVCHD put four bytes of time before each. */
function isTransportStream(reader: ByteReader): boolean {
  return [
    { first: 0, step: 188 },
    { first: 4, step: 192 },
  ].some(({ first, step }) => {
    const packets = Math.min(8, Math.floor((reader.lengthBytes - first) / step));
    return (
      packets >= 2 &&
      Array.from({ length: packets }, (_, index) => reader.uint8(first + index * step)).every((byte) => byte === 0x47)
    );
  });
}

function refusal(head: Uint8Array): AudioError {
  const text = findText(head);
  if (text !== undefined && isPlaylist(text)) {
    return new AudioError(
      'playlist-refused',
      'This is a playlist: it only points at recordings elsewhere. Upload the recording itself.',
    );
  }
  if (text !== undefined || isOtherKnownType(createByteReader(head))) {
    return new AudioError(
      'file-not-audio',
      'The file holds no audio, whatever its name says. Choose the recording itself and upload that.',
    );
  }
  return new AudioError(
    'container-unsupported',
    'The kind of file is not known. Convert the recording to WAV, FLAC, MP3 or M4A, then upload it again.',
  );
}

function isOtherKnownType(reader: ByteReader): boolean {
  const magics = [
    '\x89PNG',
    '\xff\xd8\xff',
    'GIF8',
    '%PDF',
    'PK\x03\x04',
    'PK\x05\x06',
    '\x1f\x8b',
    'Rar!',
    '7z\xbc\xaf',
    '\x7fELF',
    'MZ',
    'BZh',
    'SQLite',
    '\xfd7zXZ',
    'BM',
  ];
  const webp = reader.ascii(0, 4) === 'RIFF' && reader.ascii(8, 4) === 'WEBP';
  return webp || magics.some((magic) => reader.ascii(0, magic.length) === magic);
}
