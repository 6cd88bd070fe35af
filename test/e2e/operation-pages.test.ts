import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { chooseFiles, type ConsoleStack, readFixture, startConsoleStack } from './console-stack.js';
import { browserPath, described, inBrowser } from './in-browser.js';
import { inspectPage, SCREENS, type Visit } from './page-checks.js';

/** What the mirror sends of a model before it holds its breath. */
const FIRST_BYTES = 1024 * 1024;

let mirror: Server | undefined;
let console: ConsoleStack;
let stopStack: (() => Promise<void>) | undefined;
let visit: Visit;
let page: Page;

/** Begins to send any model and never ends, so that a pull can be looked at and cancelled. */
async function startStallingMirror(): Promise<Server> {
  // A pull looks at the first bytes: what is no model is refused at once.
  const model = (await readFile(join(REPOSITORY_DIRECTORY, 'models/ggml-base-q8_0.bin'))).subarray(0, FIRST_BYTES);
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    if (request.method === 'HEAD') response.end();
    else response.write(model);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

beforeAll(async () => {
  if (browserPath === undefined) return;
  mirror = await startStallingMirror();
  const { port } = mirror.address() as AddressInfo;
  console = await startConsoleStack(browserPath, {
    env: { MODEL_MIRROR: `http://127.0.0.1:${port}`, SELF_TEST: 'True' },
  });
  stopStack = console.stop;
  visit = await console.openSignedIn();
  page = visit.page;
});

afterAll(async () => {
  await stopStack?.();
  mirror?.closeAllConnections();
  mirror?.close();
});

const rowOf = (table: string, text: string | RegExp) =>
  page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });

async function open(path: string, title: string): Promise<void> {
  await page.goto(`${console.consoleUrl}${path}`);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

inBrowser(
  described('a pull tells how far it is while it goes on, and a cancelled one leaves the model to be pulled'),
  async () => {
    await open('/models', 'Models');
    await rowOf('Models', 'base-q8_0')
      .getByText(/Installed|In memory/)
      .waitFor();
    await page.getByRole('button', { name: 'Pull tiny', exact: true }).click();
    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('button', { name: 'Actions for tiny', exact: true }) });
    await row.getByText(/1\.00 MiB of/).waitFor();
    await row.getByRole('button', { name: 'Actions for tiny', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Cancel the pull' }).click();
    await page.getByRole('button', { name: 'Pull tiny', exact: true }).waitFor();
  },
);

inBrowser(
  described('a model file is imported, verified and deleted; what is no model is refused with its reason'),
  async () => {
    await open('/models', 'Models');
    const file = page.getByLabel('Model file');
    await file.setInputFiles({
      name: 'notes.bin',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('No model'),
    });
    await page.getByRole('alert').filter({ hasText: 'The model was not imported' }).waitFor();

    // Too big to be sent inline: the browser reads it from its path.
    const path = join(console.stack.dataDirectory, 'ggml-our-own.bin');
    const model = await readFile(join(REPOSITORY_DIRECTORY, 'models/ggml-base-q8_0.bin'));
    // Another weight makes it another model: the official one would be recognised as the one that is here already.
    model[model.length - 10] = (model[model.length - 10] ?? 0) ^ 1;
    await writeFile(path, model);
    await file.setInputFiles(path);
    await rowOf('Models', 'our-own').getByText('Installed').waitFor();
    const actions = page.getByRole('button', { name: 'Actions for our-own' });
    await actions.click();
    await page.getByRole('menuitem', { name: 'Verify the checksum' }).click();
    await page.getByText('our-own is intact').waitFor();
    await actions.click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await rowOf('Models', 'our-own').waitFor({ state: 'detached' });
  },
);

inBrowser(
  described('each backend tells what it heard in its self-test, or why it is not there and what to do'),
  async () => {
    await open('/backends', 'Backends');
    const onnx = page.getByRole('region', { name: 'onnxruntime' });
    await onnx.getByText('Available', { exact: true }).waitFor();
    await onnx.getByText('Passed').waitFor({ timeout: 180_000 });
    await onnx
      .getByText(/^Heard: .*\w/)
      .first()
      .waitFor();
  },
);

inBrowser(described('a worker shows what it works on while it does, and drains and resumes on demand'), async () => {
  const clip = await readFixture('lj-001-0002.mp3');
  // A quarter of an hour: it must still run when the last test that needs it looks at it.
  const buffer = Buffer.concat(Array.from({ length: 500 }, () => clip));
  await open('/jobs', 'Jobs');
  await chooseFiles(page, [{ name: 'long.mp3', mimeType: 'audio/mpeg', buffer }]);
  await page.getByRole('link', { name: 'long.mp3' }).first().waitFor();
  await open('/workers', 'Workers');
  await page.getByRole('list', { name: 'Current work' }).getByRole('link', { name: 'long.mp3' }).waitFor();
  await page.getByRole('button', { name: 'Drain' }).click();
  await page.getByText('Draining').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('Online', { exact: true }).waitFor();
});

inBrowser(described('the queue is paused with a reason that everyone reads, and resumed'), async () => {
  await open('/queue', 'Queue');
  await page.getByRole('button', { name: 'Pause…' }).click();
  await page.getByLabel('Reason').fill('New disk at noon');
  await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('main').getByText('New disk at noon').waitFor();
  await page.getByRole('main').getByRole('button', { name: 'Resume', exact: true }).click();
  await page.getByRole('main').getByText('New disk at noon').waitFor({ state: 'detached' });
});

inBrowser(described('the system page tells what is wrong and what to do, and what the machine has'), async () => {
  await open('/system', 'System');
  const findings = page.getByRole('region', { name: 'Findings' }).getByRole('listitem');
  await findings.first().waitFor();
  await findings.getByText('Fine', { exact: true }).first().waitFor();
  await page
    .getByRole('region', { name: 'Room' })
    .getByText(/^[\d.]+ GiB of [\d.]+ GiB$/)
    .first()
    .waitFor();
  const facts = page.getByRole('region', { name: 'Machine and versions' });
  await facts.getByText(/^PostgreSQL \d+/).waitFor();
  await facts.getByText(/^late by [\d.]+ ms/).waitFor();
});

inBrowser(
  described('a benchmark is followed while it measures, and its figures are exported'),
  async () => {
    await open('/jobs', 'Jobs');
    const row = page.getByRole('row').filter({ hasText: 'long.mp3' });
    await row.getByRole('button', { name: 'Actions for long.mp3' }).click();
    await page.getByRole('menuitem', { name: 'Cancel' }).click();
    await row.getByText('Cancelled').waitFor();
    await open('/benchmarks', 'Benchmarks');
    await page.getByRole('button', { name: 'Start a benchmark' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Backends').first().click();
    await dialog.getByRole('option', { name: 'onnxruntime' }).click();
    await dialog.getByLabel('Iterations').fill('1');
    await dialog.getByLabel('Warm-ups before').fill('0');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { level: 1, name: /^Benchmark of/ }).waitFor();
    await page.getByRole('main').getByRole('status').filter({ hasText: 'Completed' }).waitFor({ timeout: 240_000 });
    await rowOf('Results', 'onnxruntime').getByText(/×$/).first().waitFor();
    await page.getByRole('img', { name: /base-q8_0 on onnxruntime: .*×/ }).waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    const download = await downloading;
    expect(await readFile(await download.path(), 'utf8')).toMatch(/onnxruntime/);
  },
  300_000,
);

const PAGES = [
  ['models', 'Models'],
  ['backends', 'Backends'],
  ['benchmarks', 'Benchmarks'],
  ['workers', 'Workers'],
  ['queue', 'Queue'],
  ['system', 'System'],
] as const;

inBrowser.for(SCREENS)(
  described('the pages of operation are free of axe violations and fit, at $width px, $scheme'),
  async (screen) => {
    const { page: other, faults } = await console.openSignedIn(screen);
    const problems: string[] = [];
    for (const [path, title] of PAGES) {
      await other.goto(`${console.consoleUrl}/${path}`);
      await other.getByRole('heading', { level: 1, name: title }).waitFor();
      await other.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      problems.push(...(await inspectPage(other, path, screen)));
    }
    await other.goto(`${console.consoleUrl}/benchmarks`);
    await other.getByRole('table', { name: 'Benchmarks' }).getByRole('link').first().click();
    await other.getByRole('table', { name: 'Results' }).waitFor();
    problems.push(...(await inspectPage(other, 'benchmark', screen)));
    expect([...problems, ...faults]).toEqual([]);
    await other.context().close();
  },
);

inBrowser(described('no page of operation threw an error of its own'), () => {
  expect(visit.faults).toEqual([]);
});
