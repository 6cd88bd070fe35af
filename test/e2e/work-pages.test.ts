import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { chooseFiles, type ConsoleStack, readFixture, startConsoleStack } from './console-stack.js';
import { browserPath, described, inBrowser } from './in-browser.js';
import { inspectPage, openPage, SCREENS, type Visit } from './page-checks.js';

let console: ConsoleStack;
let stopStack: (() => Promise<void>) | undefined;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  if (browserPath === undefined) return;
  console = await startConsoleStack(browserPath);
  stopStack = console.stop;
  visit = await console.openSignedIn();
  page = visit.page;
  await page.goto(`${console.consoleUrl}/jobs`);
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
});

afterAll(async () => {
  await stopStack?.();
});

const sidebar = () => page.getByRole('navigation', { name: 'Main' });
const jobs = () => page.getByRole('table', { name: 'Jobs' });
const rowOf = (name: string) => jobs().getByRole('row').filter({ hasText: name });

async function clip(name: string) {
  return { name, mimeType: 'audio/flac', buffer: await readFixture('jfk.flac') };
}

/** Frames of MP3 can be joined as they are: recordings long enough to be stopped in the middle. */
async function longRecording(name: string) {
  const frames = await readFixture('lj-001-0002.mp3');
  return { name, mimeType: 'audio/mpeg', buffer: Buffer.concat(Array.from({ length: 300 }, () => frames)) };
}

inBrowser(
  described('an upload whose connection breaks goes on by itself and becomes a job with its options'),
  async () => {
    await sidebar().getByRole('link', { name: 'New' }).click();
    await page.getByRole('heading', { level: 1, name: 'New transcription' }).waitFor();
    await page.getByText('of memory, fits').first().waitFor();
    await page.getByLabel('Prompt').fill('Kennedy, inaugural address');

    let broken = 0;
    await page.route('**/uploads/*', async (route) => {
      if (route.request().method() !== 'PATCH' || broken > 0) return route.continue();
      broken += 1;
      return route.abort('connectionreset');
    });
    await chooseFiles(page, [await clip('address.flac')]);
    const uploads = page.getByRole('region', { name: 'Uploads' });
    await uploads.getByRole('link', { name: 'Open address.flac' }).click();
    await page.unroute('**/uploads/*');
    expect(broken).toBe(1);
    await page.getByRole('heading', { level: 1, name: 'address.flac' }).waitFor();
    await page.getByRole('region', { name: 'Parameters' }).getByText('Kennedy, inaugural address').waitFor();
  },
);

inBrowser(described('a job tells where its time went, who did it, and what it took'), async () => {
  await page.getByRole('status').filter({ hasText: 'Completed' }).waitFor({ timeout: 240_000 });
  const stages = page.getByRole('list', { name: 'Stages of this job' });
  for (const stage of ['Queued', 'Prepare', 'Chunk 1'])
    await stages.getByText(stage, { exact: true }).first().waitFor();
  await page.getByRole('region', { name: 'Work' }).getByText('Chunk 1 · done').waitFor();
  await page.getByRole('region', { name: 'Why this engine' }).getByText('chosen').waitFor();
  await page
    .getByText(/ask not/i)
    .first()
    .waitFor();
});

inBrowser(described('a refused upload is tried again when its reader says so'), async () => {
  await page.goto(`${console.consoleUrl}/new`);
  let refusals = 0;
  await page.route('**/uploads', (route) => {
    if (route.request().method() !== 'POST' || refusals > 0) return route.continue();
    refusals += 1;
    return route.fulfill({
      status: 413,
      headers: { 'access-control-allow-origin': console.consoleUrl, 'access-control-allow-credentials': 'true' },
      body: 'Too large for today.',
    });
  });
  await chooseFiles(page, [await clip('again.flac')]);
  const uploads = page.getByRole('region', { name: 'Uploads' });
  await uploads.getByRole('alert').getByText('Too large for today.').waitFor();
  await uploads.getByRole('button', { name: 'Retry again.flac' }).click();
  await uploads.getByRole('link', { name: 'Open again.flac' }).waitFor();
  await page.unroute('**/uploads');
});

inBrowser(described('search and filters narrow the list, stand in the address, and survive a reload'), async () => {
  await page.goto(`${console.consoleUrl}/jobs`);
  await rowOf('again.flac').getByText('Completed').waitFor({ timeout: 240_000 });
  await page.getByLabel('Search jobs by name or text').fill('address');
  await rowOf('again.flac').waitFor({ state: 'detached' });
  await rowOf('address.flac').waitFor();
  await page.waitForURL(/[?&]q=address/);
  await page.reload();
  await rowOf('address.flac').waitFor();
  expect(await rowOf('again.flac').count()).toBe(0);

  await page.getByLabel('Search jobs by name or text').fill('nothing is called like this');
  await page.getByText('Nothing fits').waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await rowOf('again.flac').waitFor();
  await page.getByRole('button', { name: /^Done/ }).getByText('2').waitFor();
});

inBrowser(described('words of the text find a job that has another name'), async () => {
  await page.getByLabel('Search jobs by name or text').fill('"ask not what your country"');
  await page.waitForURL(/[?&]q=/);
  await rowOf('address.flac').waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
});

inBrowser(described('many jobs are cancelled, then deleted, at once'), async () => {
  await page.goto(`${console.consoleUrl}/jobs`);
  await chooseFiles(page, [await longRecording('first-long.mp3'), await longRecording('second-long.mp3')]);
  for (const name of ['first-long.mp3', 'second-long.mp3'])
    await jobs()
      .getByRole('checkbox', { name: `Select ${name}` })
      .check();
  const bulk = page.getByRole('region', { name: 'Selected jobs' });
  await bulk.getByText('2 jobs selected').waitFor();
  await bulk.getByRole('button', { name: 'Cancel' }).click();
  for (const name of ['first-long.mp3', 'second-long.mp3']) await rowOf(name).getByText('Cancelled').waitFor();
  await bulk.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: /^Cancelled/ }).click();
  await page.waitForURL(/state=cancelled/);
  await rowOf('again.flac').waitFor({ state: 'detached' });
  await jobs().getByRole('checkbox', { name: 'Select all loaded jobs' }).check();
  await bulk.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete 2 jobs' }).click();
  await page.getByText('Nothing was cancelled').waitFor();
});

inBrowser(described('the overview counts what was done and shows the machine live'), async () => {
  await sidebar().getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.getByRole('img', { name: /^Jobs that ended: [2-9] finished/ }).waitFor();
  await page.getByRole('img', { name: /^Processor \d+ %, memory \d+ %/ }).waitFor();
  await page
    .getByRole('region', { name: 'Workers' })
    .getByText(/online, \d of \d busy/)
    .waitFor();
  await page.waitForFunction(() => document.querySelectorAll('canvas').length >= 6);
});

inBrowser.for(SCREENS)(
  described(
    'overview, new, chosen jobs, palette and key sheet are free of axe violations and fit, at $width px, $scheme',
  ),
  async (screen) => {
    const { page: other, faults } = await console.openSignedIn(screen);
    const problems: string[] = [];
    await other.goto(`${console.consoleUrl}/overview`);
    await other.getByRole('img', { name: /^Jobs that ended: [2-9] finished/ }).waitFor();
    await other.waitForFunction(() => document.querySelectorAll('canvas').length >= 6);
    problems.push(...(await inspectPage(other, 'overview', screen)));

    await other.goto(`${console.consoleUrl}/new`);
    await other.getByText('of memory, fits').first().waitFor();
    problems.push(...(await inspectPage(other, 'new', screen)));

    await other.goto(`${console.consoleUrl}/jobs?q=again`);
    await other.getByRole('checkbox', { name: 'Select again.flac' }).check();
    await other.getByRole('region', { name: 'Selected jobs' }).getByText('1 job selected').waitFor();
    problems.push(...(await inspectPage(other, 'jobs-selected', screen)));

    await other.keyboard.press('Control+k');
    const palette = other.getByRole('dialog');
    await palette.getByRole('button', { name: /again\.flac/ }).waitFor();
    problems.push(...(await inspectPage(other, 'palette', screen)));
    await palette.getByLabel('Find or do').fill('shortcuts');
    await other.keyboard.press('Enter');
    await other.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    problems.push(...(await inspectPage(other, 'shortcuts', screen)));
    await other.keyboard.press('Escape');
    await other.getByRole('dialog').waitFor({ state: 'detached' });

    const menu = other.getByRole('button', { name: 'Open the navigation' });
    if (await menu.isVisible()) {
      await menu.click();
      await other.getByRole('dialog').getByRole('link', { name: 'Overview' }).waitFor();
      problems.push(...(await inspectPage(other, 'navigation', screen)));
    }
    expect([...problems, ...faults]).toEqual([]);
    await other.context().close();
  },
);

inBrowser(described('a reader is offered nothing that would be refused'), async () => {
  const response = await fetch(`${console.stack.apiUrl}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${console.stack.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation { createApiKey(input: { name: "reader", scope: READ }) { secret } }',
    }),
  });
  const { data } = (await response.json()) as { data: { createApiKey: { secret: string } } };
  const { page: other } = await openPage(console.browser);
  await other.goto(`${console.consoleUrl}/sign-in`);
  await other.getByLabel('API key').first().fill(data.createApiKey.secret);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByRole('link', { name: 'address.flac' }).waitFor();
  const links = other.getByRole('navigation', { name: 'Main' }).getByRole('link');
  const offered = await links.allTextContents();
  expect(offered.join(' ')).toContain('Workers');
  expect(offered.join(' ')).not.toMatch(/New|Settings|Audit/);
  expect(await other.getByRole('checkbox').count()).toBe(0);
  expect(await other.getByRole('button', { name: 'Actions for address.flac' }).count()).toBe(0);
  await other.goto(`${console.consoleUrl}/new`);
  await other.getByRole('heading', { name: 'Your key may only read' }).waitFor();
  await other.context().close();
});

inBrowser(described('a job whose recording cannot be read is not offered again: another upload is'), async () => {
  const whole = await readFixture('jfk.flac');
  await page.goto(`${console.consoleUrl}/new`);
  await chooseFiles(page, [
    { name: 'cut-short.flac', mimeType: 'audio/flac', buffer: whole.subarray(0, whole.length / 2) },
  ]);
  await page.getByRole('region', { name: 'Uploads' }).getByRole('link', { name: 'Open cut-short.flac' }).click();
  await page.getByRole('link', { name: 'Upload again' }).waitFor({ timeout: 60_000 });
  expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
  await page.getByRole('status').filter({ hasText: 'Failed' }).waitFor();
  await sidebar().getByRole('link', { name: 'Jobs' }).click();
  await page.getByRole('button', { name: 'Actions for cut-short.flac' }).click();
  await page.getByRole('menuitem', { name: /Delete/ }).waitFor();
  expect(await page.getByRole('menuitem', { name: 'Retry' }).count()).toBe(0);
  await page.keyboard.press('Escape');
});

inBrowser(described('no page of work threw an error of its own'), () => {
  expect(visit.faults).toEqual([]);
});
