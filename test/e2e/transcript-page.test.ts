import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { query } from '../api/requests.js';
import { type ConsoleStack, readFixture, startConsoleStack } from './console-stack.js';
import { browserPath, described, inBrowser } from './in-browser.js';
import { inspectPage, SCREENS, type Visit } from './page-checks.js';
import { doubtFirstWord, readLines, transcribeTwice } from './transcribe-twice.js';

let console: ConsoleStack;
let stopStack: (() => Promise<void>) | undefined;
let visit: Visit;
let page: Page;
/** Two runs of the same recording. */
let first: string;
let second: string;

beforeAll(async () => {
  if (browserPath === undefined) return;
  console = await startConsoleStack(browserPath);
  stopStack = console.stop;
  const recording = { file: await readFixture('jfk.flac'), filename: 'address.flac' };
  ({ first, second } = await transcribeTwice(console.stack, recording));
  await doubtFirstWord(console.stack, first);
  visit = await console.openSignedIn();
  page = visit.page;
});

afterAll(async () => {
  await stopStack?.();
});

const addressOf = (id: string, more = ''): string => `${console.consoleUrl}/jobs/${id}/transcript${more}`;
const text = (): Locator => page.getByRole('region', { name: 'Text of the recording' });
const editor = (): Locator => page.getByLabel('Text of this line');
const placeSeconds = (): Promise<number> => page.evaluate(() => document.querySelector('audio')?.currentTime ?? -1);

async function openTranscript(id: string, more?: string): Promise<void> {
  await page.goto(addressOf(id, more));
  await text()
    .getByText(/ask not/i)
    .first()
    .waitFor();
}

inBrowser(described('a click on a word goes to its place in the recording, and what is heard is marked'), async () => {
  await openTranscript(first);
  const words = (await readLines(console.stack, first)).flatMap((line) => line.words);
  const position = words.findIndex(({ text: word }) => /country/i.test(word));
  await text().locator('[data-word]').nth(position).click();
  const wanted = words[position]?.startSeconds ?? -1;
  expect(Math.abs((await placeSeconds()) - wanted)).toBeLessThan(0.05);
  await text()
    .locator('[data-heard="true"] [data-word][class]')
    .getByText(/country/i)
    .waitFor();

  await page.getByRole('heading', { level: 1, name: 'address.flac' }).click();
  await page.keyboard.press('Space');
  await page.waitForFunction((seconds) => (document.querySelector('audio')?.currentTime ?? 0) > seconds + 0.5, wanted);
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  const stoppedAt = await placeSeconds();
  await page.keyboard.press('ArrowLeft');
  expect(Math.abs((await placeSeconds()) - Math.max(0, stoppedAt - 5))).toBeLessThan(0.1);
});

inBrowser(described('the waveform goes to where it is clicked, and by keys'), async () => {
  const waveform = page.getByRole('slider', { name: 'Place in the recording' });
  await waveform.locator('canvas').first().waitFor();
  const { width = 0 } = (await waveform.boundingBox()) ?? {};
  await waveform.click({ position: { x: width / 2, y: 30 } });
  expect(Math.abs((await placeSeconds()) - 5.5)).toBeLessThan(0.3);
  await waveform.press('Home');
  expect(await placeSeconds()).toBe(0);
});

inBrowser(described('words of little confidence are shaded and say how little'), async () => {
  await page.reload();
  await text().getByTitle('Confidence 20 %').waitFor();
});

inBrowser(described('a line is edited in its place, undone, redone and restored, and exports follow'), async () => {
  const [line] = await readLines(console.stack, first);
  if (line === undefined) throw new Error('The transcript has no line.');
  const exported = async (): Promise<string> => {
    const path = await page.getByRole('link', { name: 'Download as TXT' }).getAttribute('href');
    return page.evaluate(async (url) => (await fetch(url, { credentials: 'include' })).text(), path ?? '');
  };
  await page.keyboard.press('e');
  await editor().fill(`${line.text.trim()} Hear, hear.`);
  await editor().press('Enter');
  await editor().waitFor({ state: 'detached' });
  await text().getByText('Hear, hear.').waitFor();
  // Whoever uses the keyboard goes on where they were, not at the top of the page.
  await page.waitForFunction(() => document.activeElement?.closest('[data-index]'));
  expect(await exported()).toContain('Hear, hear.');

  await page.keyboard.press('Control+z');
  await text().getByText('Hear, hear.').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Redo the edit' }).click();
  await text().getByText('Hear, hear.').waitFor();

  await text()
    .getByRole('button', { name: /^edited/ })
    .click();
  const history = page.getByRole('dialog', { name: /history of this line/ });
  await history.getByText('As it was heard').waitFor();
  await history.getByRole('button', { name: 'Restore this text' }).last().click();
  await text().getByText('Hear, hear.').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  expect(await exported()).not.toContain('Hear, hear.');
});

inBrowser(described('an edit never overwrites what somebody else wrote meanwhile without being asked'), async () => {
  const [line] = await readLines(console.stack, first);
  if (line === undefined) throw new Error('The transcript has no line.');
  await openTranscript(first);
  await page.keyboard.press('e');
  await editor().fill('Mine.');
  await query(
    console.stack,
    'mutation ($id: ID!, $revision: Int!) { editSegment(input: { id: $id, revision: $revision, text: "Theirs, ask not." }) { __typename } }',
    { id: line.id, revision: line.revision },
  );
  await editor().press('Enter');
  const conflict = page.getByRole('alert').filter({ hasText: 'Changed by somebody else meanwhile' });
  await conflict.getByText('Theirs, ask not.').waitFor();
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await text().getByText('Theirs, ask not.').waitFor();
  expect((await readLines(console.stack, first))[0]?.text).toBe('Theirs, ask not.');
});

inBrowser(described('finding counts the matches, goes through them and gives the keys back'), async () => {
  await openTranscript(second);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('country');
  const count = page.getByRole('search').getByRole('status');
  await count.getByText('1 of 2').waitFor();
  await page.keyboard.press('Enter');
  await count.getByText('2 of 2').waitFor();
  const found = text().locator('mark').getByText('country');
  // The lines are drawn after the count.
  await found.nth(1).waitFor();
  expect(await found.count()).toBe(2);
  await page.keyboard.press('Escape');
  await found.first().waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('INPUT');
});

inBrowser(described('two runs of one recording are laid beside each other word by word'), async () => {
  await openTranscript(second);
  await page.getByRole('combobox', { name: 'Compare with another run' }).click();
  await page.getByRole('option').first().click();
  await page.getByText(/words? differs? from the other run/).waitFor();
  await text()
    .locator('ins')
    .getByText(/Theirs/)
    .waitFor();
  await page.waitForURL(/compare=/);
});

inBrowser(described('every export of the page is a file of its kind'), async () => {
  for (const [name, form] of [
    ['TXT', /ask not/i],
    ['SRT', /^1\r?\n00:00:0/],
    ['VTT', /^WEBVTT/],
    ['VTT words', /^WEBVTT[^]*<00:00:0/],
    ['JSON', /^\{[^]*"segments"/],
    ['CSV', /ask not/i],
    ['LRC', /\[00:0\d\.\d\d\]/],
  ] as const) {
    const path = await page.getByRole('link', { name: `Download as ${name}`, exact: true }).getAttribute('href');
    const content = await page.evaluate(
      async (url) => (await fetch(url, { credentials: 'include' })).text(),
      path ?? '',
    );
    expect(content, name).toMatch(form);
  }
});

inBrowser(described('the search leads to the place in the recording, and so does the palette'), async () => {
  await page.goto(`${console.consoleUrl}/search`);
  await page.getByLabel('Search all transcripts').fill('"fellow americans"');
  const places = page.getByRole('list', { name: 'Found places' });
  await places.locator('mark').first().waitFor();
  await places.getByRole('link').first().click();
  await page.waitForURL(/\/transcript\?t=/);
  await page.getByRole('heading', { level: 1, name: 'address.flac' }).waitFor();

  await page.goto(`${console.consoleUrl}/search?q=zeppelin`);
  await page.getByText('Nothing found').waitFor();

  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Find or do' }).click();
  await page.getByPlaceholder('Pages, jobs, words of a transcript, actions').fill('fellow');
  await page
    .getByRole('dialog')
    .getByText(/my fellow Americans/i)
    .first()
    .click();
  await page.waitForURL(/\/transcript\?t=/);
});

inBrowser.for(SCREENS)(
  described('transcript and search are free of axe violations and fit, at $width px, $scheme'),
  async (screen) => {
    const { page: other, faults } = await console.openSignedIn(screen);
    const problems: string[] = [];
    await other.goto(addressOf(second, `?compare=${first}`));
    await other.getByText(/from the other run/).waitFor();
    await other.keyboard.press('e');
    await other.getByLabel('Text of this line').waitFor();
    problems.push(...(await inspectPage(other, 'transcript-compared', screen)));
    await other.goto(addressOf(first));
    await other.getByRole('button', { name: /^edited/ }).waitFor();
    await other.getByText('of speech').waitFor();
    problems.push(...(await inspectPage(other, 'transcript', screen)));
    await other.goto(`${console.consoleUrl}/search`);
    await other.getByLabel('Search all transcripts').fill('country');
    await other.getByRole('list', { name: 'Found places' }).locator('mark').first().waitFor();
    problems.push(...(await inspectPage(other, 'search', screen)));
    expect([...problems, ...faults]).toEqual([]);
    await other.context().close();
  },
);

inBrowser(described('neither page threw an error of its own'), () => {
  expect(visit.faults).toEqual([]);
});
