/* global window, Response, TextDecoderStream -- a function of this file runs in the page */

import { waitFor } from '@voice-transcriber/testkit';
import { signIn } from '../console/open-console.mjs';
import { findFaults, quantiles } from './latencies.mjs';
import { commitWindow, createRunning, globalId, keyOf, writeWindows } from './write-events.mjs';

const SETTLE_MILLISECONDS = 15_000;

/** Runs in the page before anything else: notes what comes over each stream that the console itself opens, and when. */
function noteStreams() {
  window.eventsReceived = [];
  const { fetch } = window;
  const read = async (body) => {
    let pending = '';
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const at = Date.now();
      const messages = (pending + text).split('\n\n');
      pending = messages.pop();
      for (const message of messages) {
        const event =
          message.startsWith('event: next') && JSON.parse(message.slice(message.indexOf('data: ') + 6)).data;
        const { seq, __typename: type } = event?.transcriptionEvents ?? {};
        if (seq !== undefined) window.eventsReceived.push({ seq, type, at });
      }
    }
  };
  window.fetch = async (...parameters) => {
    const response = await fetch(...parameters);
    if (response.headers.get('content-type')?.includes('event-stream') !== true) return response;
    const [ours, theirs] = response.body.tee();
    read(ours).catch(() => undefined);
    return new Response(theirs, response);
  };
}

/** The job's page in a real browser, with the console's own code: delivery first, then many cuts of all its connections. */
export async function measureBrowser({ db, console_, apiKey, proxy, cuts }) {
  const [id] = await createRunning(db, 1);
  const page = await signIn(console_, apiKey);
  await page.addInitScript(noteStreams);
  await page.goto(`${console_.url}/jobs/${globalId(id)}`);
  await page.getByRole('heading', { level: 1, name: 'recording-0.mp3' }).waitFor();
  const clock = performance.timeOrigin;
  const startedAt = await writeWindows(db, [id], { rounds: 100, everyMilliseconds: 100 });
  const read = () => page.evaluate(() => window.eventsReceived);
  const receivedAll = async (last) => (await read()).some(({ seq }) => seq >= last);
  await waitFor(() => receivedAll(startedAt.size), { timeoutMilliseconds: SETTLE_MILLISECONDS });
  const latency = quantiles(
    (await read())
      .filter(({ type }) => type === 'SegmentsAppended')
      .map(({ seq, at }) => at - (startedAt.get(keyOf(id, seq)) + clock)),
  );

  let windowIndex = startedAt.size;
  for (let cut = 0; cut < cuts; cut += 1) {
    const known = (await read()).length;
    for (let count = 0; count < 3; count += 1)
      await commitWindow(db, { transcriptionId: id, windowIndex: windowIndex++ });
    await waitFor(async () => (await read()).length > known, { timeoutMilliseconds: SETTLE_MILLISECONDS });
    proxy.cut();
  }
  await waitFor(() => receivedAll(windowIndex), { timeoutMilliseconds: SETTLE_MILLISECONDS });
  const shown = await page.locator('[aria-setsize]').first().getAttribute('aria-setsize');
  const seqs = (await read()).filter(({ type }) => type === 'SegmentsAppended').map(({ seq }) => seq);
  await page.context().close();
  return { latency, cuts, events: windowIndex, shown: Number(shown), ...findFaults(seqs) };
}
