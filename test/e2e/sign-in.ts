import type { Page } from 'playwright-core';

/**
 * Opens a sign-in link and waits until the console behind it is there.
 *
 * The page that spends the link has a heading of its own, before the API has answered. Whoever takes that for the end and goes elsewhere
 * aborts the request: the link may be spent, but its cookie is lost, and every page after it leads back to the sign-in form.
 */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  const jobs = page.getByRole('heading', { level: 1, name: 'Jobs' });
  // Only in the form: the router announces each page's title in an alert of its own.
  const refusal = page.getByRole('main').getByRole('alert');
  await jobs.or(refusal).first().waitFor();
  if (await refusal.isVisible()) throw new Error(`Signing in was refused: ${(await refusal.textContent()) ?? ''}`);
}
