import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { linkSignals } from './linked-signal.js';

test('the first of the signals that aborts gives the reason, and no listener is left', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const { signal } = linkSignals([one.signal, undefined, other.signal]);
  expect(signal.aborted).toBe(false);
  const reason = new Error('enough');
  other.abort(reason);
  one.abort(new Error('too late'));
  expect(signal.reason).toBe(reason);
  expect(getEventListeners(one.signal, 'abort')).toEqual([]);
});

test('a signal that was aborted before is one that aborts', () => {
  const controller = new AbortController();
  controller.abort();
  const unused = new AbortController();
  expect(linkSignals([unused.signal, controller.signal]).signal.aborted).toBe(true);
  expect(getEventListeners(unused.signal, 'abort')).toEqual([]);
});

test('when the time is over it aborts, also when nobody holds more than a listener', async () => {
  const { signal } = linkSignals([], { milliseconds: 5 });
  const reason = await new Promise<unknown>((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason));
  });
  expect(reason).toMatchObject({ name: 'TimeoutError' });
});

test('once disposed it follows nobody', () => {
  const controller = new AbortController();
  const linked = linkSignals([controller.signal], { milliseconds: 60_000 });
  linked.dispose();
  linked.dispose();
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  controller.abort();
  expect(linked.signal.aborted).toBe(false);
});
