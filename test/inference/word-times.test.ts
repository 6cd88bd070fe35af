import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findAudioTools } from '@voice-transcriber/audio';
import type { Word } from '@voice-transcriber/backend-sdk';
import type { InferenceHost } from '@voice-transcriber/inference';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRealHost, fixturePath, readClipSamples, transcribeClip } from './transcribe-clip.js';

/** Recordings that may lie beside the repository; see test/fixtures for the few that come with it. */
const COLLECTION = path.resolve(import.meta.dirname, '../../../shared/audio/dev');
const CHAPTER = path.join(COLLECTION, 'long-lj-chapter.flac');
/** The chapter's first clips are there one by one as well; in the chapter 0.3 s lie between them. */
const CHAPTER_CLIPS = 16;
const CHAPTER_GAP_SECONDS = 0.3;
const BUNDLED_GAP_SECONDS = 0.4;

const SAMPLE_RATE_HZ = 16_000;
const STEP_SAMPLES = 160;
/** Speech is what is at most this much quieter than the loudest hundredth of a second. */
const SPEECH_BELOW_LOUDEST_DECIBELS = 35;
/** The clip's first or last word is looked for this close to where its sound begins or ends. */
const SEARCH_SECONDS = 2;
const ERROR_SECONDS_MAX = 0.2;
const SHARE_MIN = 0.9;
/** Of the borders whose word was heard as it is written; numbers, for example, are not. */
const COMPARED_SHARE_MIN = 0.8;
const TEST_MILLISECONDS = 10 * 60_000;

interface Border {
  readonly kind: 'start' | 'end';
  readonly word: string;
  readonly seconds: number;
}

let host: InferenceHost;
let workDirectory: string;

beforeAll(async () => {
  workDirectory = await mkdtemp(path.join(os.tmpdir(), 'word-times-'));
  host = createRealHost('onnxruntime');
});

afterAll(async () => {
  await host.dispose();
  await rm(workDirectory, { recursive: true, force: true });
});

test('words border on the pauses between sentences of a chapter', { timeout: TEST_MILLISECONDS }, async () => {
  if (!existsSync(CHAPTER)) {
    console.warn(`${CHAPTER} is absent: its ${2 * CHAPTER_CLIPS} borders are not measured.`);
    return;
  }
  const clips = Array.from({ length: CHAPTER_CLIPS }, (_, index) =>
    path.join(COLLECTION, `lj-001-${String(index + 1).padStart(4, '0')}.flac`),
  );
  await expectBorders(CHAPTER, await findBorders(clips, CHAPTER_GAP_SECONDS));
});

test('words border on the pauses between bundled clips', { timeout: TEST_MILLISECONDS }, async () => {
  const clips = ['jfk.flac', 'lj-001-0002.flac', 'jfk.flac', 'lj-001-0002.flac', 'jfk.flac'].map(fixturePath);
  const recording = path.join(workDirectory, 'joined.wav');
  await joinClips(clips, recording);
  await expectBorders(recording, await findBorders(clips, BUNDLED_GAP_SECONDS));
});

async function expectBorders(file: string, borders: readonly Border[]): Promise<void> {
  const { segments } = await transcribeClip(host, file, { workDirectory, language: 'en' });
  const words = segments.flatMap((segment) => segment.words);
  const errors = borders.flatMap((border) => findError(border, words) ?? []).sort((left, right) => left - right);
  const share = errors.filter((error) => error <= ERROR_SECONDS_MAX).length / errors.length;
  console.log(
    `${path.basename(file)}: ${Math.round(100 * share)} % of ${errors.length} of ${borders.length} borders within ${ERROR_SECONDS_MAX} s, ` +
      `median ${Math.round(1000 * (errors[errors.length >> 1] ?? 0))} ms, worst ${Math.round(1000 * (errors.at(-1) ?? 0))} ms`,
  );
  expect(errors.length).toBeGreaterThanOrEqual(COMPARED_SHARE_MIN * borders.length);
  expect(share).toBeGreaterThanOrEqual(SHARE_MIN);
}

/** How far from its sound a word was put; undefined when it was not heard near it. */
function findError({ kind, word, seconds }: Border, words: readonly Word[]): number | undefined {
  const errors = words
    .filter(({ text }) => normalize(text) === word)
    .map(({ startSeconds, endSeconds }) => Math.abs((kind === 'start' ? startSeconds : endSeconds) - seconds))
    .filter((error) => error <= SEARCH_SECONDS);
  return errors.length === 0 ? undefined : Math.min(...errors);
}

/** Where the first and the last word of each clip sound in a recording of all of them. */
async function findBorders(clips: readonly string[], gapSeconds: number): Promise<readonly Border[]> {
  const borders: Border[] = [];
  let clipStartSeconds = 0;
  for (const clip of clips) {
    const samples = await readClipSamples(clip, workDirectory);
    const text = await readFile(clip.replace(/\.flac$/, '.txt'), 'utf8');
    const words = text.trim().split(/\s+/).map(normalize);
    const speech = findSpeech(samples);
    borders.push(
      { kind: 'start', word: words[0] as string, seconds: clipStartSeconds + speech.startSeconds },
      { kind: 'end', word: words.at(-1) as string, seconds: clipStartSeconds + speech.endSeconds },
    );
    clipStartSeconds += samples.length / SAMPLE_RATE_HZ + gapSeconds;
  }
  return borders;
}

function findSpeech(samples: Float32Array): { startSeconds: number; endSeconds: number } {
  const levels = Array.from({ length: Math.floor(samples.length / STEP_SAMPLES) }, (_, step) => {
    const part = samples.subarray(step * STEP_SAMPLES, (step + 1) * STEP_SAMPLES);
    return 10 * Math.log10(part.reduce((sum, sample) => sum + sample * sample, 1e-9));
  });
  const quietest = Math.max(...levels) - SPEECH_BELOW_LOUDEST_DECIBELS;
  const stepSeconds = STEP_SAMPLES / SAMPLE_RATE_HZ;
  return {
    startSeconds: levels.findIndex((level) => level > quietest) * stepSeconds,
    endSeconds: (levels.findLastIndex((level) => level > quietest) + 1) * stepSeconds,
  };
}

async function joinClips(clips: readonly string[], output: string): Promise<void> {
  const { ffmpegPath } = await findAudioTools();
  const padded = clips.map(
    (_, index) =>
      `[${index}]aresample=${SAMPLE_RATE_HZ},apad=pad_len=${BUNDLED_GAP_SECONDS * SAMPLE_RATE_HZ}[p${index}]`,
  );
  const joined = `${clips.map((_, index) => `[p${index}]`).join('')}concat=n=${clips.length}:v=0:a=1`;
  const inputs = clips.flatMap((clip) => ['-i', clip]);
  const filter = ['-filter_complex', [...padded, joined].join(';'), '-ac', '1'];
  await promisify(execFile)(ffmpegPath, ['-nostdin', '-loglevel', 'error', '-y', ...inputs, ...filter, output]);
}

function normalize(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}']/gu, '');
}
