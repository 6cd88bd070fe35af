import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY, sharedAudio } from '@voice-transcriber/testkit';
import type { Page } from 'playwright-core';
import { chooseFiles, readFixture, type UploadFile } from './console-stack.js';

/** Set UPDATE_SCREENSHOTS to take the pictures of docs/images anew, from a real run. */
export const PICTURES_WANTED = process.env['UPDATE_SCREENSHOTS'] !== undefined;

const DIRECTORY = join(REPOSITORY_DIRECTORY, 'docs/images');
const LONG_NAME = 'history-of-printing-chapter-1.flac';
const SHORT_CLIPS: readonly (readonly [clip: string, name: string])[] = [
  ['silence-60s.flac', 'empty-room.flac'],
  ['fleurs-es-001.ogg', 'entrevista-madrid.ogg'],
  ['fleurs-fr-001.ogg', 'reportage-marseille.ogg'],
  ['call-2ch-8k.wav', 'support-call-0417.wav'],
];

async function sharedFile(clip: string, name: string): Promise<UploadFile> {
  const path = sharedAudio(clip);
  if (path === undefined) throw new Error(`The pictures need ${clip} from the collection of recordings.`);
  return { name, mimeType: 'application/octet-stream', buffer: await readFile(path) };
}

async function save(page: Page, name: string): Promise<void> {
  mkdirSync(DIRECTORY, { recursive: true });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.mouse.move(2, 2);
  await page.screenshot({ path: join(DIRECTORY, `${name}.png`) });
}

/** Shows the console at work on real recordings, in the middle of a longer one. */
export async function renewPictures(page: Page, consoleUrl: string): Promise<void> {
  await page.goto(`${consoleUrl}/jobs`);
  const files = await Promise.all(SHORT_CLIPS.map(([clip, name]) => sharedFile(clip, name)));
  await chooseFiles(page, [
    ...files,
    { name: 'hoehle.ogg', mimeType: 'audio/ogg', buffer: await readFixture('fleurs-de-004.ogg') },
  ]);
  const table = page.getByRole('table', { name: 'Jobs' });
  for (const { name } of files) await table.getByRole('link', { name }).waitFor();
  await page.getByText('Waiting for a free worker').first().waitFor({ state: 'detached', timeout: 120_000 });

  await chooseFiles(page, [await sharedFile('long-lj-chapter.flac', LONG_NAME)]);
  const row = table.getByRole('row').filter({ hasText: LONG_NAME });
  await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'detached' });
  await row.getByText(/[1-9]\d %, .* left/).waitFor({ timeout: 170_000 });
  await save(page, 'console-jobs');
  await row.getByRole('link', { name: LONG_NAME }).click();
  await page.getByText('Prepare · done').waitFor();
  await page
    .getByRole('button', { name: 'Play from 1:00' })
    .or(page.getByRole('button', { name: /Play from 1:/ }))
    .first()
    .waitFor();
  await save(page, 'console-job');
}
