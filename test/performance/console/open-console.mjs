import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY, waitFor } from '@voice-transcriber/testkit';
import { chromium } from 'playwright-core';

const CONSOLE_DIRECTORY = join(REPOSITORY_DIRECTORY, 'apps/console');
/** The last ones keep Chromium from calling its maker's servers, which a closed network answers by stalling. */
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The built console of `apiUrl` on `port`, and the system's Chromium. */
export async function openConsole({ port, apiUrl }) {
  const program = createRequire(join(CONSOLE_DIRECTORY, 'package.json')).resolve('next/dist/bin/next');
  const { PATH = '', HOME = '/' } = process.env;
  const child = spawn(process.execPath, [program, 'start', '-p', String(port), '-H', '127.0.0.1'], {
    cwd: CONSOLE_DIRECTORY,
    env: { PATH, HOME, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', API_PUBLIC_URL: apiUrl },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/sign-in`)).ok, { timeoutMilliseconds: 30_000, what: 'the console' });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: BROWSER_ARGUMENTS,
  });
  return {
    url,
    browser,
    async close() {
      await browser.close();
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** A page that is signed in. */
export async function signIn({ url, browser }, apiKey) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('API key').first().fill(apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/jobs');
  return page;
}
