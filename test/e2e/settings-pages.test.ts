import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { type ConsoleStack, startConsoleStack } from './console-stack.js';
import { browserPath, described, inBrowser } from './in-browser.js';
import { inspectPage, SCREENS, type Visit } from './page-checks.js';

let console: ConsoleStack;
let stopStack: (() => Promise<void>) | undefined;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  if (browserPath === undefined) return;
  console = await startConsoleStack(browserPath, { env: { WEBHOOKS_ALLOW_PRIVATE: 'True' } });
  stopStack = console.stop;
  visit = await console.openSignedIn();
  page = visit.page;
});

afterAll(async () => {
  await stopStack?.();
});

const rowOf = (table: string, text: string) =>
  page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });

async function open(path: string, title: string): Promise<void> {
  await page.goto(`${console.consoleUrl}${path}`);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

inBrowser(described('a key that is replaced is followed by another one, and both open the API meanwhile'), async () => {
  await open('/settings', 'Settings');
  await page.getByLabel('Name').first().fill('Hourly import');
  await page.getByRole('button', { name: 'Create a key' }).click();
  const shown = page.getByRole('status', { name: /Hourly import/ }).locator('code');
  const old = (await shown.textContent()) ?? '';
  await page.getByRole('button', { name: 'Replace Hourly import' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replace', exact: true }).click();
  await shown.filter({ hasNotText: old }).waitFor();
  const successor = (await shown.textContent()) ?? '';
  await rowOf('API keys', 'Hourly import')
    .getByText(/^until /)
    .waitFor();
  for (const secret of [old, successor]) {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ query: '{ viewer { name } }' });
    const answer = await fetch(`${console.stack.apiUrl}/graphql`, { method: 'POST', headers, body });
    expect(await answer.json()).toEqual({ data: { viewer: { name: 'Hourly import' } } });
  }
});

inBrowser(described('a key is shown once, opens the API, and opens nothing after it was revoked'), async () => {
  await open('/settings', 'Settings');
  await page.getByLabel('Name').first().fill('Nightly import');
  await page.getByRole('button', { name: 'Create a key' }).click();
  const shown = page.getByRole('status', { name: /Nightly import/ });
  const secret = (await shown.locator('code').textContent()) ?? '';
  const ask = async (): Promise<number> => {
    const answer = await fetch(`${console.stack.apiUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { name } }' }),
    });
    await answer.text();
    return answer.status;
  };
  expect(secret).toMatch(/^vt_/);
  expect(await ask()).toBe(200);
  await page.getByRole('button', { name: 'Revoke Nightly import' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await rowOf('API keys', 'Nightly import').getByText('Revoked').waitFor();
  expect(await ask()).toBe(401);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await rowOf('API keys', 'Nightly import').waitFor();
  expect(await page.content()).not.toContain(secret);
});

inBrowser(described('a webhook is added, its test arrives signed, and the delivery tells what came back'), async () => {
  const signatures: unknown[] = [];
  const receiver = createServer((request, response) => {
    signatures.push(request.headers['webhook-signature']);
    request.resume().on('end', () => response.writeHead(204).end());
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/told`;
  try {
    await open('/settings?tab=webhooks', 'Settings');
    await page.getByLabel('Address').fill(url);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    expect(
      await page
        .getByRole('status', { name: /signing secret/ })
        .locator('code')
        .textContent(),
    ).toMatch(/^whsec_/);
    const webhook = page.getByRole('region', { name: url, exact: true });
    await webhook.getByRole('button', { name: 'Send a test' }).click();
    await webhook.getByRole('table', { name: 'Deliveries' }).getByText('HTTP 204').waitFor();
    expect(signatures[0]).toMatch(/^v1,/);
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});

inBrowser(described('a preset and the retention are kept'), async () => {
  await open('/settings?tab=presets', 'Settings');
  await page.getByRole('button', { name: 'New preset' }).click();
  await page.getByLabel('Preset name').fill('Interviews');
  await page.getByLabel('Spoken language').fill('en');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await rowOf('Presets', 'Interviews').getByText('English').waitFor();
  await page.getByRole('tab', { name: 'Retention' }).click();
  await page.getByLabel('Keep recordings, days').fill('30');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('It holds from the next cleaning on.').waitFor();
  await page.reload();
  await page.getByLabel('Keep recordings, days').waitFor();
  expect(await page.getByLabel('Keep recordings, days').inputValue()).toBe('30');
});

inBrowser(described('the audit log names what was done, newest first, and keeps no secret'), async () => {
  await open('/audit', 'Audit log');
  await rowOf('Audit log', 'Revoke API key').waitFor();
  await rowOf('Audit log', 'Create preset').waitFor();
  expect(await page.getByRole('table', { name: 'Audit log' }).textContent()).not.toMatch(/vt_[A-Za-z0-9]{20}/);
});

const PAGES = [
  ['settings', 'Settings'],
  ['settings?tab=webhooks', 'Settings'],
  ['settings?tab=presets', 'Settings'],
  ['settings?tab=retention', 'Settings'],
  ['audit', 'Audit log'],
] as const;

inBrowser.for(SCREENS)(
  described('settings and audit log are free of axe violations and fit, at $width px, $scheme'),
  async (screen) => {
    const { page: other, faults } = await console.openSignedIn(screen);
    const problems: string[] = [];
    for (const [path, title] of PAGES) {
      await other.goto(`${console.consoleUrl}/${path}`);
      await other.getByRole('heading', { level: 1, name: title }).waitFor();
      await other.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      problems.push(...(await inspectPage(other, path.replace('?tab=', '-'), screen)));
    }
    expect([...problems, ...faults]).toEqual([]);
    await other.context().close();
  },
);

inBrowser(described('no page of settings threw an error of its own'), () => {
  expect(visit.faults).toEqual([]);
});
