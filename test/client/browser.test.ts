import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type * as ClientModule from '@voice-transcriber/client';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wavFile } from '../api/requests.js';
import { BROWSER_ARGUMENTS } from '../e2e/console-stack.js';
import { findBrowser, NO_BROWSER_REASON } from '../e2e/find-browser.js';
import { type ClientStack, startClientStack } from './client-stack.js';

declare const vt: typeof ClientModule;

/** As a page's build tool takes the package: by its condition "browser". A module of Node in it would end this. */
async function bundleForPages(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: "export * from '@voice-transcriber/client'",
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    format: 'iife',
    globalName: 'vt',
    platform: 'browser',
    minify: true,
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

const executablePath = findBrowser();
const title =
  executablePath === undefined ? `the client in a browser (skipped: ${NO_BROWSER_REASON})` : 'the client in a browser';

describe.skipIf(executablePath === undefined)(title, () => {
  let running: ClientStack;
  let browser: Browser;
  let page: Page;
  let bundle: string;
  const bytes = wavFile(1500, 61);
  const short = wavFile(12, 62);
  const pages = createServer((request, response) => {
    if (request.url === '/recording.wav') return void response.end(bytes);
    if (request.url === '/short.wav') return void response.end(short);
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page of somebody</title>');
  });

  beforeAll(async () => {
    bundle = await bundleForPages();
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    running = await startClientStack({ CONSOLE_ORIGINS: origin });
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: BROWSER_ARGUMENTS });
    page = await browser.newPage();
    await page.goto(origin);
    await page.addScriptTag({ content: bundle });
  });
  afterAll(async () => {
    await browser.close();
    await running.stop();
    await new Promise((resolve) => pages.close(resolve));
  });

  const server = (): { url: string; apiKey: string } => ({ url: running.stack.apiUrl, apiKey: running.stack.apiKey });

  test('the package for pages holds no module of Node and stays small', () => {
    expect(bundle).not.toMatch(/node:(fs|http|crypto|stream|path)/);
    console.log(`the client for pages, minified: ${(bundle.length / 1000).toFixed(0)} kB`);
    expect(bundle.length).toBeLessThan(200_000);
  });

  test.each(['events', 'websocket'] as const)(
    'a File becomes a transcript, with progress over %s',
    async (transport) => {
      const outcome = await page.evaluate(
        async ([settings, following]) => {
          const recording = await (await fetch('/short.wav')).arrayBuffer();
          const file = new File([recording], 'page.wav', { lastModified: 1 });
          const sent: number[] = [];
          const fractions: number[] = [];
          const { text, media } = await vt.createClient(settings).transcribe(
            file,
            {},
            {
              transport: following,
              onUpload: (bytesSent) => sent.push(bytesSent),
              onProgress: ({ fraction }) => fractions.push(fraction),
            },
          );
          return { text, filename: media.filename, sent: sent.at(-1), fraction: fractions.at(-1) };
        },
        [server(), transport] as const,
      );
      expect(outcome).toMatchObject({ filename: 'page.wav', sent: short.length, fraction: 1 });
      expect(outcome.text).toContain('t0');
    },
  );

  test('an upload that the page was closed in the middle of is gone on with by the next page', async () => {
    await page.evaluate(async (settings) => {
      const recording = await (await fetch('/recording.wav')).arrayBuffer();
      const file = new File([recording], 'long.wav', { lastModified: 1 });
      await new Promise<void>((resolve) => {
        const ignored = vt
          .createClient(settings)
          .upload(file, { onUpload: (bytesSent) => void (bytesSent > 9_000_000 && resolve()) });
        void ignored.catch(() => undefined);
      });
    }, server());
    await page.reload();
    await page.addScriptTag({ content: bundle });
    const outcome = await page.evaluate(async (settings) => {
      const recording = await (await fetch('/recording.wav')).arrayBuffer();
      const file = new File([recording], 'long.wav', { lastModified: 1 });
      const sent: number[] = [];
      const { resumed, id } = await vt
        .createClient(settings)
        .upload(file, { onUpload: (bytesSent) => sent.push(bytesSent) });
      return { resumed, id, first: sent[0], last: sent.at(-1) };
    }, server());
    expect(outcome).toMatchObject({ resumed: true, last: bytes.length });
    expect(outcome.first).toBeGreaterThanOrEqual(8 * 1024 * 1024);
  });

  test('refusals have codes there too, and paths are refused', async () => {
    const codes = await page.evaluate(async (settings) => {
      const client = vt.createClient(settings);
      const code = (promise: Promise<unknown>): Promise<string> =>
        promise.then(
          () => 'none',
          (error: unknown) => (error as { code: string }).code,
        );
      return {
        path: await code(client.upload('/etc/hostname')),
        content: await code(client.transcribe(new Blob(['no audio']))),
        key: await code(vt.createClient({ ...settings, apiKey: 'vt_wrong' }).viewer()),
        aborted: await code(client.transcribe(new Blob(['x']), {}, { signal: AbortSignal.abort() })),
      };
    }, server());
    expect(codes).toEqual({
      path: 'file-unreadable',
      content: 'upload-refused',
      key: 'not-allowed',
      aborted: 'aborted',
    });
  });
});
