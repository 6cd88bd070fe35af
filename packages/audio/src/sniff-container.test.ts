import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AudioError } from './audio-error.js';
import { CONTAINER_INPUT_FORMATS } from './containers.js';
import { sniffContainer } from './sniff-container.js';

const clips = new URL('../../../test/fixtures/audio/', import.meta.url);

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function codeOf(head: Uint8Array): string {
  try {
    return sniffContainer(head).container;
  } catch (error) {
    if (error instanceof AudioError) return error.code;
    throw error;
  }
}

/** MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes. */
function mp3Frames(count: number): Uint8Array {
  const frame = new Uint8Array(417);
  frame.set([0xff, 0xfb, 0x90, 0x00]);
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

function id3Tag(sizeBytes: number): Uint8Array {
  const tag = new Uint8Array(10 + sizeBytes);
  tag.set([
    0x49,
    0x44,
    0x33,
    4,
    0,
    0,
    (sizeBytes >> 21) & 127,
    (sizeBytes >> 14) & 127,
    (sizeBytes >> 7) & 127,
    sizeBytes & 127,
  ]);
  return tag;
}

test.each([
  ['jfk.flac', 'flac', 'flac'],
  ['fleurs-de-004.ogg', 'ogg', 'ogg'],
  ['lj-001-0002.mp3', 'mp3', 'mp3'],
  ['lj-001-0002.m4a', 'mp4', 'mov'],
  ['lj-001-0002.webm', 'matroska', 'matroska'],
])('the container of %s is told from its content', async (name, container, ffmpegInputFormat) => {
  const head = (await readFile(new URL(name, clips))).subarray(0, 4096);
  expect(sniffContainer(head)).toEqual({ container, ffmpegInputFormat });
});

test.each([
  ['RIFF\x24\x00\x00\x00WAVEfmt ', 'wav'],
  ['RF64\xff\xff\xff\xffWAVEds64', 'wav'],
  ['RIFF\x24\x00\x00\x00AVI LIST', 'avi'],
  ['FORM\x00\x00\x00\x24AIFCFVER', 'aiff'],
  ['\x00\x00\x00\x18ftypM4A ', 'mp4'],
  ['\x00\x00\x00\x14ftypqt  ', 'mp4'],
  ['\x00\x00\x00\x18ftyp3gp4', 'mp4'],
  ['NIST_1A\n   1024\n', 'sph'],
  ['#!AMR\n', 'amr'],
  ['#!AMR-WB\n', 'amr'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'asf'],
  ['caff\x00\x01\x00\x00', 'caf'],
  ['.snd\x00\x00\x00\x18', 'au'],
  ['wvpk\x00\x00\x00\x00', 'wavpack'],
  ['FLV\x01\x04', 'flv'],
])('the magic of %j is known', (head, container) => {
  expect(codeOf(bytesOf(head))).toBe(container);
});

test('streams of frames are known without a magic: mp3 with and without a tag, with rubbish before, aac, mpeg ts', () => {
  expect(codeOf(mp3Frames(3))).toBe('mp3');
  expect(codeOf(Buffer.concat([id3Tag(500), mp3Frames(3)]))).toBe('mp3');
  expect(codeOf(Buffer.concat([id3Tag(90_000), mp3Frames(3)]).subarray(0, 65_536))).toBe('mp3');
  expect(codeOf(Buffer.concat([new Uint8Array(300).fill(1), mp3Frames(6)]))).toBe('mp3');
  expect(codeOf(Buffer.concat([id3Tag(100), bytesOf('fLaC\x00\x00\x00\x22')]))).toBe('flac');
  const adts = new Uint8Array(100);
  adts.set([0xff, 0xf1, 0x50, 0x80, 0x0c, 0x9f, 0xfc]);
  expect(codeOf(Buffer.concat([adts, adts, adts, adts]))).toBe('aac');
  const packet = new Uint8Array(188);
  packet[0] = 0x47;
  expect(codeOf(Buffer.concat(Array.from({ length: 10 }, () => packet)))).toBe('mpegts');
});

test.each([
  '#EXTM3U\n#EXTINF:10,\nhttp://169.254.169.254/latest/meta-data\n',
  '\ufeff#EXTM3U\n#EXT-X-TARGETDURATION:10\n/etc/passwd\n',
  '[playlist]\nFile1=http://example.org/a.mp3\n',
  '[Reference]\nRef1=http://example.org/a.asf\n',
  'ffconcat version 1.0\nfile /etc/passwd\n',
  "file '/etc/passwd'\nfile 'b.wav'\n",
  'http://example.org/stream\n',
  'concat:/etc/passwd|/etc/hosts\n',
  'C:\\Music\\one.mp3\r\nC:\\Music\\two.mp3\r\n',
  'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 96\r\n',
  '<?xml version="1.0"?>\n<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList/></playlist>',
  '<asx version="3.0"><entry><ref href="http://example.org"/></entry></asx>',
  '<smil><body><audio src="http://example.org/a"/></body></smil>',
  '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
])('a playlist or script is refused as such, whatever its name: %j', (text) => {
  expect(codeOf(Buffer.from(text))).toBe('playlist-refused');
});

test.each([
  'Dear all,\n\nplease find the minutes below.\n',
  '{"a": 1}',
  'a',
  '\xff\xd8\xff\xe0',
  '\x89PNG\r\n\x1a\n',
  '%PDF-1.7',
  'PK\x03\x04',
])('a text, picture or document is no audio: %j', (text) => {
  expect(codeOf(bytesOf(text))).toBe('file-not-audio');
});

test('an empty file is said to be empty, and unknown bytes to be unknown', () => {
  expect(codeOf(new Uint8Array(0))).toBe('file-empty');
  expect(codeOf(Uint8Array.from({ length: 400 }, (_, index) => (index * 37) % 256))).toBe('container-unsupported');
});

test('whatever the bytes, the answer is a listed container or a typed refusal', () => {
  const magic = fc.constantFrom(
    '',
    'RIFF',
    'ID3\x04\x00\x00\x7f\x7f\x7f\x7f',
    '\xff\xfb',
    '\xff\xf1',
    'OggS',
    '\x00\x00\x00\x01ftyp',
  );
  fc.assert(
    fc.property(magic, fc.uint8Array({ maxLength: 2000 }), (start, rest) => {
      const answer = codeOf(Buffer.concat([bytesOf(start), rest]));
      const refusals = ['file-empty', 'playlist-refused', 'file-not-audio', 'container-unsupported'];
      expect([...Object.keys(CONTAINER_INPUT_FORMATS), ...refusals]).toContain(answer);
    }),
    { numRuns: 500 },
  );
});

test('no demuxer that opens other files or addresses can be reached', () => {
  const forbidden = [
    'hls',
    'applehttp',
    'concat',
    'dash',
    'sdp',
    'rtsp',
    'rtp',
    'lavfi',
    'image2',
    'webm_dash_manifest',
    'tty',
    'vapoursynth',
  ];
  expect(Object.values(CONTAINER_INPUT_FORMATS).filter((format) => forbidden.includes(format))).toEqual([]);
});
