import { test } from 'vitest';
import { findBrowser, NO_BROWSER_REASON } from './find-browser.js';

/** Undefined where there is none: tests `inBrowser` are skipped then, and so must be what they would start. */
export const browserPath = findBrowser();

export const inBrowser = test.skipIf(browserPath === undefined);

/** A test's name; one that is skipped says what is missing. */
export const described = (guarantee: string): string =>
  browserPath === undefined ? `${guarantee} (skipped: ${NO_BROWSER_REASON})` : guarantee;
