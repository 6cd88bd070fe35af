import { stat } from 'node:fs/promises';
import { probeAudio, sniffContainer } from '@voice-transcriber/audio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkbench, fixture, readHead, type Workbench } from './workbench.js';

let bench: Workbench;

beforeAll(async () => {
  bench = await createWorkbench();
});

afterAll(async () => {
  await bench.dispose();
});

test.each(['flac', 'mp3', 'm4a', 'webm'])(
  'a real clip in a committed %s is decoded to its full length and heard',
  async (extension) => {
    const path = fixture(`lj-001-0002.${extension}`);
    const prepared = await bench.prepare(path);
    expect(prepared.audioSeconds).toBeCloseTo(1.9, 1);
    expect(prepared.speechSeconds).toBeGreaterThan(1.5);
    expect((await stat(bench.path(`out/lj-001-0002.${extension}.pcm`))).size).toBe(
      Math.round(prepared.audioSeconds * 32_000),
    );
  },
);

/** Everything with an audio track that the packaged ffmpeg can write, one codec per container at least. */
const CONTAINERS: readonly (readonly [string, string, ...string[]])[] = [
  ['wav', 'wav'],
  ['alaw.wav', 'wav', '-c:a', 'pcm_alaw', '-ar', '8000'],
  ['float.wav', 'wav', '-c:a', 'pcm_f32le', '-ar', '48000'],
  ['adpcm.wav', 'wav', '-c:a', 'adpcm_ima_wav', '-ar', '22050'],
  ['rf64.wav', 'wav', '-rf64', 'always'],
  ['w64', 'w64'],
  ['flac', 'flac', '-ar', '44100', '-ac', '2'],
  ['mp3', 'mp3'],
  ['mp2', 'mp3', '-ar', '32000'],
  ['m4a', 'mp4'],
  ['alac.m4a', 'mp4', '-c:a', 'alac'],
  ['fragmented.mp4', 'mp4', '-movflags', 'frag_keyframe+empty_moov'],
  ['mov', 'mp4', '-c:a', 'pcm_s16le'],
  ['3gp', 'mp4', '-c:a', 'libopencore_amrnb', '-ar', '8000', '-ac', '1'],
  ['aac', 'aac'],
  ['aiff', 'aiff'],
  ['vorbis.ogg', 'ogg', '-c:a', 'libvorbis'],
  ['opus', 'ogg', '-c:a', 'libopus', '-b:a', '16k'],
  ['flac.ogg', 'ogg', '-c:a', 'flac'],
  ['speex.ogg', 'ogg', '-c:a', 'libspeex', '-ar', '16000'],
  ['webm', 'matroska', '-c:a', 'libopus'],
  ['mka', 'matroska', '-c:a', 'flac'],
  ['amr', 'amr', '-c:a', 'libopencore_amrnb', '-ar', '8000', '-ac', '1'],
  ['wma', 'asf'],
  ['avi', 'avi', '-c:a', 'mp3'],
  ['ts', 'mpegts', '-c:a', 'aac'],
  ['caf', 'caf'],
  ['au', 'au'],
  ['ac3', 'ac3'],
  ['wv', 'wavpack'],
  ['tta', 'tta'],
  ['flv', 'flv', '-c:a', 'aac', '-ar', '44100'],
  ['voc', 'voc', '-c:a', 'pcm_s16le'],
];

test.each(CONTAINERS)(
  '%s is told to be %s, decoded to its full length, and its speech is found',
  async (extension, container, ...encoding) => {
    const path = await bench.make(
      `clip.${extension}`,
      '-i',
      fixture('jfk.flac'),
      '-t',
      '6',
      '-map_metadata',
      '-1',
      ...encoding,
    );
    const sniffed = sniffContainer(await readHead(path));
    expect(sniffed.container).toBe(container);
    const probed = await probeAudio(path, { container: sniffed, tools: bench.tools });
    expect(probed.channels).toBeGreaterThan(0);
    const prepared = await bench.prepare(path);
    expect(Math.abs(prepared.audioSeconds - 6)).toBeLessThan(0.15);
    expect(prepared.speechSeconds).toBeGreaterThan(4.5);
  },
);

test('of a video, the audio track alone is decoded', async () => {
  const path = await bench.make(
    'video.mp4',
    ...['-f', 'lavfi', '-i', 'testsrc=duration=3:size=64x64:rate=5', '-i', fixture('jfk.flac'), '-t', '3'],
    ...['-map', '0:v', '-map', '1:a', '-c:v', 'mpeg4', '-c:a', 'aac'],
  );
  const prepared = await bench.prepare(path);
  expect(Math.abs(prepared.audioSeconds - 3)).toBeLessThan(0.1);
  expect(prepared.speechSeconds).toBeGreaterThan(1);
});

test('times are those of a player: a pause in the time stamps and a late beginning of the sound become silence', async () => {
  const paused = ['-af', "asetpts='PTS+if(gt(T,4),20/TB,0)'", '-c:a', 'libopus'];
  const gap = await bench.prepare(await bench.make('gap.webm', '-i', fixture('jfk.flac'), ...paused));
  expect(Math.abs(gap.audioSeconds - 31)).toBeLessThan(0.1);
  const windows = gap.plan.chunks.flatMap((chunk) => chunk.windows);
  expect(windows.length).toBe(2);
  expect(windows[1]?.startSeconds).toBeGreaterThan(23);
  const late = await bench.make(
    'late.mp4',
    ...['-f', 'lavfi', '-i', 'testsrc=duration=8:size=64x64:rate=5', '-itsoffset', '3', '-i', fixture('jfk.flac')],
    ...['-map', '0:v', '-map', '1:a', '-t', '8', '-c:v', 'mpeg4', '-c:a', 'aac'],
  );
  const prepared = await bench.prepare(late);
  expect(Math.abs(prepared.audioSeconds - 8)).toBeLessThan(0.1);
  // Speech begins at 3.3 s; up to two seconds before the first of it are kept.
  expect(prepared.plan.chunks[0]?.startSeconds).toBeGreaterThan(1);
});

test('each of eight channels is heard, the bass channel too', async () => {
  const pieces = Array.from(
    { length: 8 },
    (_, index) =>
      `[0:a]adelay=${Array.from({ length: 1 }, () => index * 4000).join('|')},apad=whole_len=2048000[c${index}]`,
  );
  const inputs = pieces.map((_, index) => `[c${index}]`).join('');
  const graph = `${pieces.join(';')};${inputs}join=inputs=8:channel_layout=7.1[out]`;
  const path = await bench.make(
    'eight.flac',
    '-i',
    fixture('lj-001-0002.flac'),
    '-filter_complex',
    graph,
    '-map',
    '[out]',
    '-ar',
    '48000',
    '-t',
    '32',
  );
  const probed = await probeAudio(path, { container: 'flac', tools: bench.tools });
  expect(probed.channels).toBe(8);
  const { plan, speechSeconds } = await bench.prepare(path);
  expect(speechSeconds).toBeGreaterThan(8 * 1.7);
  const windows = plan.chunks.flatMap((chunk) => chunk.windows);
  for (let channel = 0; channel < 8; channel += 1) {
    const middle = channel * 4 + 0.9;
    expect(windows.some((window) => window.startSeconds <= middle && middle <= window.endSeconds)).toBe(true);
  }
});
