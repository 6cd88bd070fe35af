import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { linkAbort } from '../live/link-abort.js';

/** Proxies and browsers drop connections that stay silent. */
const PING_MILLISECONDS = 12_000;
/** A subscriber that reads nothing for so long is gone. */
const UNREAD_MILLISECONDS_MAX = 60_000;

/**
 * Sends results as server-sent events, in the form of graphql-sse's distinct connections: `next` with data, then `complete`.
 *
 * Pulls one result, writes it, and waits until the connection has taken it before it pulls the next: a subscriber that does not read holds
 * up its own stream alone and costs one result of memory. Pings go on while results are awaited. Always ends the iterator.
 */
export async function sendEventStream(
  response: ServerResponse,
  results: AsyncIterable<ExecutionResult>,
  options: {
    readonly pingMilliseconds?: number;
    readonly unreadMillisecondsMax?: number;
    /** Breaks the stream off without "complete", which would tell the subscriber not to come back. */
    readonly signal?: AbortSignal;
  } = {},
): Promise<void> {
  const { pingMilliseconds = PING_MILLISECONDS, unreadMillisecondsMax = UNREAD_MILLISECONDS_MAX } = options;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { signal: closed, unlink } = linkAbort(gone.signal, ...(options.signal === undefined ? [] : [options.signal]));
  const iterator = results[Symbol.asyncIterator]();

  const write = async (text: string): Promise<void> => {
    if (!response.write(text)) await drained(response, closed, unreadMillisecondsMax);
  };

  try {
    // Some browsers hand a stream to the page only after its first byte.
    await write(':\n\n');
    let awaited: Promise<IteratorResult<ExecutionResult>> | undefined;
    while (!closed.aborted) {
      awaited ??= iterator.next();
      const result = await firstOf(awaited, pingMilliseconds, closed);
      if (result === 'quiet') {
        await write(':\n\n');
        continue;
      }
      if (result === 'closed') return;
      awaited = undefined;
      if (result.done === true) {
        await write('event: complete\ndata:\n\n');
        response.end();
        return;
      }
      await write(`event: next\ndata: ${JSON.stringify(result.value)}\n\n`);
    }
  } catch {
    // The subscriber went away or does not read: its connection is ended below, there is nobody to tell.
  } finally {
    unlink();
    if (!response.writableEnded) response.destroy();
    // Not awaited when a pull hangs on a wait: the abort of the operation's signal ends that.
    iterator.return?.().catch(() => undefined);
  }
}

async function firstOf(
  awaited: Promise<IteratorResult<ExecutionResult>>,
  milliseconds: number,
  closed: AbortSignal,
): Promise<IteratorResult<ExecutionResult> | 'quiet' | 'closed'> {
  let timer: NodeJS.Timeout | undefined;
  let onClose: (() => void) | undefined;
  const other = new Promise<'quiet' | 'closed'>((resolve) => {
    timer = setTimeout(() => resolve('quiet'), milliseconds);
    onClose = () => resolve('closed');
    closed.addEventListener('abort', onClose, { once: true });
  });
  try {
    return await Promise.race([awaited, other]);
  } finally {
    clearTimeout(timer);
    if (onClose !== undefined) closed.removeEventListener('abort', onClose);
  }
}

/** Waits until the connection has taken what was written; fails when it closes, or has not in time. */
async function drained(response: ServerResponse, closed: AbortSignal, millisecondsMax: number): Promise<void> {
  let settle: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const onDrain = new Promise<boolean>((resolve) => {
    settle = () => resolve(!closed.aborted);
    response.once('drain', settle);
    closed.addEventListener('abort', settle);
    timer = setTimeout(() => resolve(false), millisecondsMax);
  });
  try {
    if (closed.aborted || !(await onDrain)) throw new Error('The subscriber does not read.');
  } finally {
    clearTimeout(timer);
    response.off('drain', settle);
    closed.removeEventListener('abort', settle);
  }
}
