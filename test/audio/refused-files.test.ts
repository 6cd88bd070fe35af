import { createServer, type AddressInfo } from 'node:net';
import { copyFile, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { findAudioTools, probeAudio, sniffContainer } from '@voice-transcriber/audio';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { codeOf, createWorkbench, fixture, type Workbench } from './workbench.js';

let bench: Workbench;

beforeAll(async () => {
  bench = await createWorkbench();
});

afterAll(async () => {
  await bench.dispose();
});

afterEach(async () => {
  expect((await bench.leftovers()).filter((name) => !name.startsWith('good-'))).toEqual([]);
});

test('an empty file, a text named .mp3 and a playlist are refused, each with its own code', async () => {
  const files = {
    'empty.wav': '',
    'notes.mp3': 'Minutes of the meeting\n',
    'list.mp3': '#EXTM3U\nfile:///etc/passwd\n',
  };
  const codes: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    await writeFile(bench.path(name), content);
    codes.push(await codeOf(bench.prepare(bench.path(name))));
  }
  expect(codes).toEqual(['file-empty', 'file-not-audio', 'playlist-refused']);
});

test('a playlist passed off as another container opens no address', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.ts`;
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${address}\n#EXT-X-ENDLIST\n`;
  try {
    // The rules above would stop it: here each demuxer is given it all the same.
    for (const container of ['mp3', 'wav', 'mp4', 'mpegts', 'ogg', 'matroska', 'aac'] as const) {
      const path = bench.path(`disguised.${container}`);
      await writeFile(path, playlist);
      const code = await codeOf(bench.prepare(path, { container }));
      expect(['decode-failed', 'file-truncated', 'file-not-audio']).toContain(code);
    }
  } finally {
    server.close();
  }
  expect(connections).toBe(0);
});

interface Truncation {
  readonly extension: string;
  /** Of the bytes, what is left. */
  readonly share: number;
  readonly step: 'probe' | 'prepare';
  readonly encoding?: readonly string[];
}

/** Containers whose own structure tells that bytes are missing are refused by the probe already. */
const TRUNCATIONS: readonly Truncation[] = [
  { extension: 'wav', share: 0.5, step: 'probe' },
  { extension: 'wav', share: 0.9, step: 'probe' },
  { extension: 'aiff', share: 0.5, step: 'prepare' },
  { extension: 'flac', share: 0.5, step: 'prepare', encoding: ['-ar', '44100'] },
  { extension: 'flac', share: 0.9, step: 'prepare' },
  { extension: 'mp3', share: 0.5, step: 'prepare' },
  { extension: 'ogg', share: 0.5, step: 'probe', encoding: ['-c:a', 'libvorbis'] },
  { extension: 'opus', share: 0.9, step: 'probe', encoding: ['-c:a', 'libopus'] },
  { extension: 'm4a', share: 0.5, step: 'probe' },
  { extension: 'm4a', share: 0.2, step: 'probe', encoding: ['-movflags', '+faststart'] },
  { extension: 'mp4', share: 0.95, step: 'probe', encoding: ['-movflags', '+faststart'] },
  { extension: 'webm', share: 0.5, step: 'probe', encoding: ['-c:a', 'libopus'] },
];

test.each(TRUNCATIONS)(
  'a $extension of which $share is left is said to be truncated, by the $step',
  async (truncation) => {
    const { extension, share, step, encoding = [] } = truncation;
    const path = await bench.make(`cut.${extension}`, '-i', fixture('jfk.flac'), ...encoding);
    const { size } = await stat(path);
    await truncate(path, Math.floor(size * share));
    const { container } = sniffContainer((await readFile(path)).subarray(0, 65_536));
    if (step === 'probe') {
      expect(await codeOf(probeAudio(path, { container, tools: bench.tools }))).toBe('file-truncated');
    }
    await expect(bench.prepare(path)).rejects.toMatchObject({ code: 'file-truncated', retry: 'never' });
  },
);

test.each(['wav', 'flac', 'mp3', 'ogg', 'm4a', 'webm'])('the same %s uncut is not', async (extension) => {
  const path = await bench.make(`good-whole.${extension}`, '-i', fixture('jfk.flac'));
  expect((await bench.prepare(path)).audioSeconds).toBeCloseTo(11, 1);
});

test('an mp3 without a count of frames, whose length can only be estimated, raises no false alarm', async () => {
  const quiet = await bench.make(
    'quiet.mp3',
    '-f',
    'lavfi',
    '-t',
    '20',
    '-i',
    'anullsrc=r=44100',
    '-q:a',
    '9',
    '-write_xing',
    '0',
  );
  const loud = await bench.make('loud.mp3', '-i', fixture('jfk.flac'), '-b:a', '320k', '-write_xing', '0');
  const path = bench.path('good-estimated.mp3');
  await writeFile(path, Buffer.concat([await readFile(loud), await readFile(quiet)]));
  expect((await bench.prepare(path)).audioSeconds).toBeCloseTo(31, 0);
});

test('a wav that was streamed, without a length in its header, is decoded', async () => {
  const path = await bench.make('good-streamed.wav', '-i', fixture('jfk.flac'), '-ac', '1', '-ar', '16000');
  const file = await open(path, 'r+');
  await file.write(Buffer.from('ffffffff', 'hex'), 0, 4, 4);
  await file.write(Buffer.from('ffffffff', 'hex'), 0, 4, (await readFile(path)).indexOf('data') + 4);
  await file.close();
  expect((await bench.prepare(path)).audioSeconds).toBeCloseTo(11, 1);
});

test('a damaged frame in the middle costs no more than itself', async () => {
  const path = bench.path('good-damaged.flac');
  await copyFile(fixture('lj-001-0002.flac'), path);
  const { size } = await stat(path);
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(64, 0x55), 0, 64, Math.floor(size / 2));
  await file.close();
  const prepared = await bench.prepare(path);
  expect(prepared.audioSeconds).toBeGreaterThan(1.4);
  expect(prepared.speechSeconds).toBeGreaterThan(1);
});

test('random bytes behind the magic of each container are refused in a few seconds', async () => {
  const heads = [
    'RIFF\x24\x00\x00\x00WAVEfmt ',
    'fLaC',
    'OggS',
    '\x00\x00\x00\x18ftypM4A ',
    '\x1a\x45\xdf\xa3',
    'FORM\x00\x00\x00\x24AIFF',
    'caff\x00\x01\x00\x00',
    '.snd\x00\x00\x00\x18',
  ];
  const noise = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * index * 7 + index) % 251));
  for (const [index, head] of heads.entries()) {
    const path = bench.path(`random-${index}`);
    await writeFile(path, Buffer.concat([Buffer.from(head, 'latin1'), noise]));
    expect(['decode-failed', 'file-truncated', 'file-not-audio', 'container-unsupported']).toContain(
      await codeOf(bench.prepare(path)),
    );
  }
});

test('a video without sound is said to have no audio track', async () => {
  const path = await bench.make(
    'mute.mp4',
    '-f',
    'lavfi',
    '-i',
    'testsrc=duration=1:size=64x64:rate=5',
    '-c:v',
    'mpeg4',
  );
  expect(await codeOf(probeAudio(path, { container: 'mp4', tools: bench.tools }))).toBe('file-not-audio');
  expect(await codeOf(bench.prepare(path))).toBe('file-not-audio');
});

test('a wav of 0 seconds is told that it is empty, not that it has no audio track', async () => {
  const whole = await bench.make('whole.wav', '-i', fixture('jfk.flac'), '-ac', '1', '-ar', '16000', '-t', '1');
  const path = bench.path('nothing-behind-the-header.wav');
  const header = (await readFile(whole)).subarray(0, 78);
  header.writeUInt32LE(header.byteLength - 8, 4);
  header.writeUInt32LE(0, 74);
  await writeFile(path, header);
  await expect(bench.prepare(path)).rejects.toMatchObject({
    code: 'file-not-audio',
    message: expect.stringContaining('it lasts 0 seconds') as string,
  });
});

test('a recording longer than allowed is refused while it is decoded', async () => {
  const path = await bench.make(
    'long.opus',
    '-f',
    'lavfi',
    '-t',
    '120',
    '-i',
    'anullsrc=r=16000',
    '-c:a',
    'libopus',
    '-b:a',
    '6k',
  );
  await expect(bench.prepare(path, { limits: { audioSecondsMax: 60 } })).rejects.toMatchObject({
    code: 'audio-too-long',
  });
});

test('a configured ffmpeg that does not run is named, with the variable to correct', async () => {
  await expect(findAudioTools({ ffmpegPath: '/nowhere/ffmpeg' })).rejects.toMatchObject({
    code: 'tools-missing',
    message: expect.stringContaining('FFMPEG_PATH') as string,
  });
});
