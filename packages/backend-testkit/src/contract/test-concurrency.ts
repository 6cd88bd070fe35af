import type { AudioWindow } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { hear, wordsOf } from './run-request.js';
import type { ContractSubject } from './subject.js';

/** Beyond this more windows only wait: every slot is taken, and leaves and joins have happened in every order. */
const WINDOWS_MAX = 32;
const STRETCHES = [
  { seconds: 4, fromSeconds: 0 },
  { seconds: 2.5, fromSeconds: 3 },
  { seconds: 7, fromSeconds: 9 },
  { seconds: 5.5, fromSeconds: 14 },
  { seconds: 3, fromSeconds: 20 },
];

/** As many calls as the backend allows, each with as many windows as it uses well. */
export function testConcurrency(subject: ContractSubject): void {
  test('windows that run at the same time give the words that each gives alone', async (context) => {
    const reason = subject.options.skipped?.concurrency;
    if (reason !== undefined) context.skip(reason);
    const { concurrency, batchSize } = subject.model.capabilities;
    const { language } = subject.options;
    const stretches = STRETCHES.map((stretch, index) => subject.window(index, stretch));
    const windowsPerCall = Math.max(1, Math.min(batchSize, Math.floor(WINDOWS_MAX / concurrency)));
    const calls = Array.from({ length: concurrency }, (_, call) =>
      Array.from({ length: windowsPerCall }, (__, position) => (call + position) % stretches.length),
    );
    // Only those that are heard together as well: an engine that takes one window at a time hears one.
    const alone = new Map<number, string>();
    for (const position of new Set(calls.flat())) {
      const [result] = await hear(subject.model, [stretches[position] as AudioWindow], { language });
      alone.set(position, wordsOf(result));
    }
    const spoken = [...alone.values()].filter((text) => text !== '');
    expect(spoken.length, 'stretches with speech').toBeGreaterThan(alone.size / 2);

    const texts = await Promise.all(
      calls.map(async (positions) => {
        const windows = positions.map((position, index) => ({ ...(stretches[position] as AudioWindow), index }));
        return (await hear(subject.model, windows, { language })).map(wordsOf);
      }),
    );
    expect(texts).toEqual(calls.map((positions) => positions.map((position) => alone.get(position))));
  });

  test('a call that is cancelled takes nothing from the calls beside it', async (context) => {
    if (subject.model.capabilities.concurrency < 2) context.skip('This backend takes one call at a time.');
    const { language } = subject.options;
    const window = subject.window(0, { seconds: 4 });
    const [alone] = await hear(subject.model, [window], { language });
    const controller = new AbortController();
    const cancelled = hear(subject.model, [subject.fullWindow(1), subject.fullWindow(2)], {
      language,
      signal: controller.signal,
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    const neighbour = hear(subject.model, [window], { language });
    setImmediate(() => controller.abort());
    expect(await cancelled).toMatchObject({ code: 'cancelled' });
    expect(wordsOf((await neighbour)[0])).toBe(wordsOf(alone));
  });
}
