import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findAudioTools } from '@voice-transcriber/audio';
import { REPOSITORY_DIRECTORY, sharedAudio } from '@voice-transcriber/testkit';
import type { Locator, Page } from 'playwright-core';
import { chooseFiles, readFixture, type UploadFile } from './console-stack.js';

/** Set UPDATE_SCREENSHOTS to take the pictures of docs/images anew, from a real run. */
export const PICTURES_WANTED = process.env['UPDATE_SCREENSHOTS'] !== undefined;

const DIRECTORY = join(REPOSITORY_DIRECTORY, 'docs/images');
const CHAPTER_NAME = 'history-of-printing-chapter-1.flac';
const LONG_NAME = 'history-of-printing-lecture.flac';
/** Half an hour: what is shorter is done before it has been looked at. */
const LONG_REPEATS = 8;
/** In waves, so that the overview has something to tell. */
const WAVES: readonly (readonly (readonly [clip: string, name: string])[])[] = [
  [
    ['fleurs-en-000.ogg', 'interview-harbour-office.ogg'],
    ['fleurs-pt-001.ogg', 'entrevista-lisboa.ogg'],
    ['fleurs-de-001.ogg', 'vorlesung-07.ogg'],
    ['long-dictation-headset.mp3', 'dictation-tuesday.mp3'],
  ],
  [
    ['gaps-45s.flac', 'board-meeting-recess.flac'],
    ['fleurs-fr-001.ogg', 'reportage-marseille.ogg'],
    ['librivox-de-simplicissimus.mp3', 'simplicissimus-kapitel-1.mp3'],
  ],
  [
    ['silence-60s.flac', 'empty-room.flac'],
    ['fleurs-es-001.ogg', 'entrevista-madrid.ogg'],
    ['call-2ch-8k.wav', 'support-call-0417.wav'],
  ],
];
const RUN_MILLISECONDS_MAX = 240_000;

async function sharedFile(clip: string, name: string): Promise<UploadFile> {
  const path = sharedAudio(clip);
  if (path === undefined) throw new Error(`The pictures need ${clip} from the collection of recordings.`);
  return { name, mimeType: 'application/octet-stream', buffer: await readFile(path) };
}

/** The chapter again and again, so that it still runs when its picture is taken. */
async function repeatChapter(): Promise<UploadFile> {
  const { ffmpegPath } = await findAudioTools();
  const directory = await mkdtemp(join(tmpdir(), 'vt-pictures-'));
  try {
    const chapter = join(directory, 'chapter.flac');
    const path = join(directory, LONG_NAME);
    await writeFile(chapter, (await sharedFile('long-lj-chapter.flac', CHAPTER_NAME)).buffer);
    const input = ['-stream_loop', String(LONG_REPEATS - 1), '-i', chapter];
    await promisify(execFile)(ffmpegPath, ['-nostdin', '-loglevel', 'error', ...input, '-ar', '16000', path]);
    return { name: LONG_NAME, mimeType: 'audio/flac', buffer: await readFile(path) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function save(page: Page, name: string): Promise<void> {
  mkdirSync(DIRECTORY, { recursive: true });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.mouse.move(2, 2);
  await page.screenshot({ path: join(DIRECTORY, `${name}.png`) });
}

async function uploadWave(page: Page, wave: (typeof WAVES)[number]): Promise<void> {
  const files = await Promise.all(wave.map(([clip, name]) => sharedFile(clip, name)));
  await chooseFiles(page, files);
  for (const { name } of files) {
    const row = page.getByRole('table', { name: 'Jobs' }).getByRole('row').filter({ hasText: name });
    await row.getByText('Completed').waitFor({ timeout: RUN_MILLISECONDS_MAX });
  }
}

const lineOf = (page: Page, words: RegExp): Locator =>
  page.getByRole('region', { name: 'Text of the recording' }).getByRole('listitem').filter({ hasText: words });

/** The transcript as it is worked with: a name corrected, the place of a word, and a search. */
async function showTranscript(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Open and edit' }).click();
  await page.getByText('of speech').waitFor();
  const line = lineOf(page, /Gutt?enberg/).first();
  await line.hover();
  await line.getByRole('button', { name: 'Edit this line' }).click();
  const editor = page.getByLabel('Text of this line');
  await editor.fill((await editor.inputValue()).replace(/Gutt?enberg/, 'Gutenberg').replace('42 line', '42-line'));
  await editor.press('Enter');
  await editor.waitFor({ state: 'detached' });
  await page.getByLabel('Find in this transcript').fill('printing');
  await lineOf(page, /invention of movable/i)
    .first()
    .locator('[data-word]')
    .nth(4)
    .click();
  await page.getByRole('search').getByText(/^1 of/).waitFor();
}

/** Shows the console at work on real recordings, in the middle of a longer one. */
export async function renewPictures(page: Page, consoleUrl: string): Promise<void> {
  await page.goto(`${consoleUrl}/jobs`);
  const table = page.getByRole('table', { name: 'Jobs' });
  const [early = [], middle = [], late = []] = WAVES;
  await uploadWave(page, early);
  await uploadWave(page, middle);
  await chooseFiles(page, [
    { name: 'hoehle.ogg', mimeType: 'audio/ogg', buffer: await readFixture('fleurs-de-004.ogg') },
  ]);
  await uploadWave(page, late);

  await chooseFiles(page, [await repeatChapter()]);
  const row = table.getByRole('row').filter({ hasText: LONG_NAME });
  await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'detached' });
  await row.getByText(/[3-7]\d %, .* left/).waitFor({ timeout: RUN_MILLISECONDS_MAX });
  await save(page, 'console-jobs');
  await row.getByRole('link', { name: LONG_NAME }).click();
  await page.getByText('Prepare · done').waitFor();
  await page
    .getByRole('button', { name: /^Play from \d/ })
    .first()
    .waitFor();
  await save(page, 'console-job');
  await page.getByRole('status').filter({ hasText: 'Completed' }).waitFor({ timeout: RUN_MILLISECONDS_MAX });

  await page.goto(`${consoleUrl}/jobs`);
  await uploadWave(page, [['long-lj-chapter.flac', CHAPTER_NAME]]);
  await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'detached' });
  await table.getByRole('link', { name: CHAPTER_NAME }).click();
  await showTranscript(page);
  await save(page, 'console-transcript');
  await page.goto(`${consoleUrl}/overview`);
  await page.getByRole('img', { name: /^Jobs that ended: 1\d finished/ }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('canvas').length >= 6);
  await save(page, 'console-overview');
}
