import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '@voice-transcriber/local-database';
import { REPOSITORY_DIRECTORY, type Stack, type StackOptions, startStack } from '@voice-transcriber/testkit';
import { type Browser, chromium, type Page } from 'playwright-core';
import { openPage, type Screen, type Visit } from './page-checks.js';
import { signIn } from './sign-in.js';
import { type RunningConsole, startConsole } from './start-console.js';

/** The last ones keep Chromium from calling its maker's servers, which a closed network answers by stalling. */
export const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface ConsoleStack {
  readonly consoleUrl: string;
  readonly stack: Stack;
  readonly browser: Browser;
  /** A fresh one-time link to this console. To look at pages, `signIn` is the way. */
  createSignInLink(): Promise<string>;
  /** Signs the page in by a fresh link. When it resolves, the page's context has its session, and the page shows the jobs. */
  signIn(page: Page): Promise<void>;
  /** A signed-in visit in a context of its own. It shares one session with all that this gave before: signing in is tested elsewhere. */
  openSignedIn(screen?: Screen): Promise<Visit>;
  stop(): Promise<void>;
}

/** API, worker, console and browser: everything a person needs to use the product. */
export async function startConsoleStack(
  executablePath: string,
  options: Pick<StackOptions, 'workers' | 'env'> = {},
): Promise<ConsoleStack> {
  const port = await findFreePort();
  const consoleUrl = `http://127.0.0.1:${port}`;
  const disposals: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const dispose of disposals.splice(0).reverse()) await dispose();
  };
  try {
    const stack = await startStack({
      ...options,
      env: { CONSOLE_ORIGINS: consoleUrl, CONSOLE_PORT: String(port), ...options.env },
    });
    disposals.push(() => stack.stop());
    // The other loopback name than the page's own: the console has to follow the address bar, or no cookie would be sent.
    const console: RunningConsole = await startConsole({
      port,
      apiUrl: stack.apiUrl.replace('127.0.0.1', 'localhost'),
    });
    disposals.push(() => console.stop());
    const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
    disposals.push(() => browser.close());
    const createLink = (): Promise<string> => createSignInLink(stack, port, consoleUrl);
    const createSession = async () => {
      const { page } = await openPage(browser);
      await signIn(page, await createLink());
      const session = await page.context().storageState();
      await page.context().close();
      return session;
    };
    let session: ReturnType<typeof createSession> | undefined;
    return {
      consoleUrl,
      stack,
      browser,
      stop,
      createSignInLink: createLink,
      signIn: async (page) => signIn(page, await createLink()),
      openSignedIn: async (screen) => openPage(browser, screen, await (session ??= createSession())),
    };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function createSignInLink(stack: Stack, consolePort: number, consoleUrl: string): Promise<string> {
  const { PATH = '', HOME = '/' } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(REPOSITORY_DIRECTORY, 'apps/api/dist/admin.js'), 'sign-in-link'],
    {
      env: {
        PATH,
        HOME,
        DATABASE_URL: stack.databaseUrl,
        DATA_DIR: stack.dataDirectory,
        CONSOLE_PORT: String(consolePort),
      },
      timeout: 30_000,
    },
  );
  const { url } = JSON.parse(stdout) as { url: string };
  return url.replace(new URL(url).origin, consoleUrl);
}

export interface UploadFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export async function readFixture(name: string): Promise<Buffer> {
  return readFile(join(REPOSITORY_DIRECTORY, 'test/fixtures/audio', name));
}

export async function chooseFiles(page: Page, files: readonly UploadFile[]): Promise<void> {
  await page.locator('input[type=file]').setInputFiles([...files]);
}
