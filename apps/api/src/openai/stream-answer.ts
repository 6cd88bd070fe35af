import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Services } from '../graphql/context.js';
import { followText, waitForEnd } from './follow-text.js';
import { envelope, toOpenAiProblem } from './openai-problem.js';

/** Proxies drop a connection that says nothing for a minute. */
const PING_MILLISECONDS = 15_000;

/** The text as it comes, as OpenAI streams it: `transcript.text.delta` events, then `transcript.text.done` with all of it. */
export async function streamAnswer(
  response: ServerResponse,
  services: Services,
  followed: { readonly id: string; readonly signal: AbortSignal },
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-transcription-id': followed.id,
  });
  // Without it they would wait for the first words, and a client takes a silent server for a dead one.
  response.flushHeaders();
  const ping = setInterval(() => response.write(':\n\n'), PING_MILLISECONDS);
  const write = async (data: object): Promise<void> => {
    if (response.write(`data: ${JSON.stringify(data)}\n\n`) || response.destroyed) return;
    await once(response, 'drain', { signal: followed.signal });
  };
  try {
    let text = '';
    for await (const delta of followText(services, followed)) {
      text += delta;
      await write({ type: 'transcript.text.delta', delta });
    }
    await waitForEnd(services, followed);
    await write({ type: 'transcript.text.done', text });
  } catch (error) {
    if (followed.signal.aborted) return;
    await write({ error: envelope(toOpenAiProblem(error as Error)) });
  } finally {
    clearInterval(ping);
    response.end();
  }
}
