import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const BROWSER_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const BROWSER_DIRECTORIES = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  ...(process.env['PATH'] ?? '').split(delimiter),
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The system's Chromium: nothing is downloaded. CHROMIUM_PATH names another one. */
export function findBrowser(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  const known = BROWSER_NAMES.flatMap((name) => BROWSER_DIRECTORIES.map((directory) => join(directory, name)));
  return [...(named === undefined ? [] : [named]), ...known].find(isExecutable);
}

/** Said as part of each test's name when there is none, so that a skip is never silent. */
export const NO_BROWSER_REASON =
  'no Chromium found: install the package chromium or set CHROMIUM_PATH to run the browser tests';
