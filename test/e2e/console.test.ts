import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { chooseFiles, type ConsoleStack, readFixture, startConsoleStack } from './console-stack.js';
import { browserPath, described, inBrowser } from './in-browser.js';
import { inspectPage, openPage, SCREENS, type Visit } from './page-checks.js';
import { PICTURES_WANTED, renewPictures } from './renew-pictures.js';

let console: ConsoleStack;
let stopStack: (() => Promise<void>) | undefined;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  if (browserPath === undefined) return;
  console = await startConsoleStack(browserPath);
  stopStack = console.stop;
  visit = await openPage(console.browser);
  page = visit.page;
});

afterAll(async () => {
  await stopStack?.();
});

async function flac(name: string) {
  return { name, mimeType: 'audio/flac', buffer: await readFixture('jfk.flac') };
}

/** Frames of MP3 can be joined as they are: a recording long enough to be stopped in the middle. */
async function longRecording(name: string) {
  const clip = await readFixture('lj-001-0002.mp3');
  return { name, mimeType: 'audio/mpeg', buffer: Buffer.concat(Array.from({ length: 300 }, () => clip)) };
}

inBrowser(described('a one-time link signs in, leaves no token in the address, and works once'), async () => {
  await page.goto(`${console.consoleUrl}/jobs`);
  await page.waitForURL('**/sign-in?from=%2Fjobs');

  const link = await console.createSignInLink();
  await page.goto(link);
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
  expect(page.url()).toBe(`${console.consoleUrl}/jobs`);
  await page.getByText('No jobs yet').waitFor();

  const stranger = await openPage(console.browser);
  await stranger.page.goto(link);
  await stranger.page
    .getByRole('alert')
    .filter({ hasText: /not valid/ })
    .waitFor();
  expect(stranger.page.url()).not.toContain('token');
  await stranger.page.context().close();
});

inBrowser(
  described('a recording is uploaded, its text appears while the page is open, and the SRT holds it'),
  async () => {
    await page.goto(`${console.consoleUrl}/jobs`);
    await chooseFiles(page, [await flac('jfk.flac')]);
    await page.getByRole('table', { name: 'Jobs' }).getByRole('link', { name: 'jfk.flac' }).click();
    await page.getByRole('heading', { level: 1, name: 'jfk.flac' }).waitFor();

    const text = page.getByRole('region', { name: 'Text of the recording' });
    await text.getByText(/ask not what your country can do for you/i).waitFor({ timeout: 240_000 });
    await page.getByRole('status').filter({ hasText: 'Completed' }).waitFor();

    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as SRT' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^jfk.*\.srt$/);
    const srt = await readFile(await download.path(), 'utf8');
    expect(srt).toMatch(/^1\r?\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\r?\n/);
    expect(spokenText(srt)).toContain('ask not what your country can do for you');
  },
);

inBrowser(described('a click on a line of the transcript plays the recording from there'), async () => {
  await page
    .getByRole('button', { name: /^Play from/ })
    .last()
    .click();
  await page.waitForFunction(() => {
    const audio = document.querySelector('audio');
    return audio !== null && audio.readyState >= 2 && !audio.paused;
  });
  await page.evaluate(() => document.querySelector('audio')?.pause());
});

inBrowser(described('a text file named .mp3 is refused beside its name, with what to do'), async () => {
  await page.goto(`${console.consoleUrl}/jobs`);
  await chooseFiles(page, [
    { name: 'notes.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('Just words.\n'.repeat(500)) },
  ]);
  const uploads = page.getByRole('region', { name: 'Uploads' });
  const refusal = uploads.getByRole('alert');
  await refusal.waitFor();
  expect(await refusal.textContent()).toMatch(/audio|recording/i);
  await uploads.getByRole('button', { name: 'Dismiss notes.mp3' }).click();
  await uploads.waitFor({ state: 'detached' });
});

inBrowser(described('a running job is cancelled from the list, and the row stays in its place'), async () => {
  await page.goto(`${console.consoleUrl}/jobs`);
  await chooseFiles(page, [await longRecording('long.mp3')]);
  const row = page.getByRole('table', { name: 'Jobs' }).getByRole('row').filter({ hasText: 'long.mp3' });
  await row.getByText('Transcribing').waitFor({ timeout: 240_000 });
  await row.getByRole('button', { name: 'Actions for long.mp3' }).click();
  await page.getByRole('menuitem', { name: 'Cancel' }).click();
  await row.getByText('Cancelled').waitFor();
  expect(await page.getByRole('table', { name: 'Jobs' }).getByRole('row').nth(1).textContent()).toContain('long.mp3');
});

inBrowser(described('a lost connection is told, and what happened meanwhile is there after it is back'), async () => {
  await page.goto(`${console.consoleUrl}/jobs`);
  await page.getByRole('link', { name: 'jfk.flac' }).waitFor();
  const port = new URL(console.stack.apiUrl).port;
  const banner = page.getByText('Live updates are interrupted');
  await console.stack.api.stop();
  await banner.waitFor();
  await console.stack.startApi({ API_PORT: port });
  await banner.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'System' }).getByText('1 online').waitFor();
});

inBrowser(described('a job is deleted after a question, and leaves the list'), async () => {
  const row = page.getByRole('row').filter({ hasText: 'long.mp3' });
  await row.getByRole('button', { name: 'Actions for long.mp3' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete this job?' });
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await row.waitFor({ state: 'detached' });
});

inBrowser.for(SCREENS)(
  described('every page is free of axe violations and fits, at $width px, $scheme'),
  async (screen) => {
    const { page: other, faults } = await openPage(console.browser, screen);
    const problems: string[] = [];
    await other.goto(`${console.consoleUrl}/sign-in`);
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
    problems.push(...(await inspectPage(other, 'sign-in', screen)));

    await console.signIn(other);
    await other.getByRole('link', { name: 'jfk.flac' }).waitFor();
    await other
      .getByRole('region', { name: 'System' })
      .getByText(/online/)
      .waitFor();
    problems.push(...(await inspectPage(other, 'jobs', screen)));

    await other.getByRole('button', { name: 'Options' }).click();
    await other.getByLabel('Model', { exact: true }).waitFor();
    problems.push(...(await inspectPage(other, 'options', screen)));

    await other.getByRole('button', { name: 'Actions for jfk.flac' }).click();
    await other.getByRole('menuitem', { name: 'Delete…' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Keep it' }).waitFor();
    problems.push(...(await inspectPage(other, 'delete', screen)));
    await other.getByRole('button', { name: 'Keep it' }).click();
    await other.getByRole('dialog').waitFor({ state: 'detached' });

    await other.getByRole('link', { name: 'jfk.flac' }).click();
    await other
      .getByText(/ask not/i)
      .first()
      .waitFor();
    await other.getByText('Prepare · done').waitFor();
    problems.push(...(await inspectPage(other, 'job', screen)));

    await other.goto(`${console.consoleUrl}/jobs/unknown`);
    await other.getByRole('heading', { name: 'There is no such job' }).waitFor();
    problems.push(...(await inspectPage(other, 'no-such-job', screen)));

    expect([...problems, ...faults]).toEqual([]);
    await other.context().close();
  },
);

inBrowser(described('no page threw an error of its own'), () => {
  expect(visit.faults).toEqual([]);
});

if (PICTURES_WANTED) inBrowser("the README's pictures are renewed", () => renewPictures(page, console.consoleUrl));

/** What the cues say, in lower case, without their numbers and times: a sentence may go on in the next cue. */
function spokenText(srt: string): string {
  const lines = srt.split(/\r?\n/).filter((line) => !/^\d+$/.test(line) && !line.includes(' --> '));
  return lines.join(' ').replaceAll(/\s+/g, ' ').toLowerCase();
}
