import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const OUTPUT_DIRECTORY = join(REPOSITORY_DIRECTORY, 'test-output/console');
const AXE_SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const SCREENS = [
  { scheme: 'light', width: 1280, height: 800 },
  { scheme: 'dark', width: 1280, height: 800 },
  { scheme: 'light', width: 375, height: 812 },
  { scheme: 'dark', width: 375, height: 812 },
] as const;

export type Screen = (typeof SCREENS)[number];

export interface Visit {
  readonly page: Page;
  /** Faults that the page reported by itself: uncaught exceptions. */
  readonly faults: string[];
}

export async function openPage(
  browser: Browser,
  screen: Screen = SCREENS[0],
  storageState?: BrowserContextOptions['storageState'],
): Promise<Visit> {
  const context = await browser.newContext({
    ...(storageState && { storageState }),
    viewport: { width: screen.width, height: screen.height },
    colorScheme: screen.scheme,
    acceptDownloads: true,
    // A page that is looked at in the middle of a fade has colours that nobody is meant to read.
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  // Generous, because everything runs at once on a small machine: what is tested is that it happens.
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  return { page, faults };
}

async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE_SOURCE);
  const results = await page.evaluate<AxeResults>('axe.run()');
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

async function findOverflow(page: Page): Promise<string[]> {
  const pixels = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  return pixels > 0 ? [`wider than the screen by ${pixels} px`] : [];
}

/** Everything wrong with the page as it stands, by axe and by its width; and a screenshot of it for people to look at. */
export async function inspectPage(page: Page, name: string, screen: Screen): Promise<string[]> {
  mkdirSync(OUTPUT_DIRECTORY, { recursive: true });
  await page.screenshot({ path: join(OUTPUT_DIRECTORY, `${name}-${screen.width}-${screen.scheme}.png`) });
  const problems = [...(await findViolations(page)), ...(await findOverflow(page))];
  return problems.map((problem) => `${name} at ${screen.width} px, ${screen.scheme}: ${problem}`);
}
