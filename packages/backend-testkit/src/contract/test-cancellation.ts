import { BackendError, type AudioWindow, type TranscriptPart } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { createRandom, finalsOf, hear, run, textOf, within } from './run-request.js';
import type { ContractSubject } from './subject.js';

/** Tells what stops from what goes on to its end; how fast it stops is measured elsewhere. */
const IMMEDIATE_MILLISECONDS_MAX = 5_000;
const RANDOM_MOMENTS = 6;
const SEED = 20_261_122;

interface Outcome {
  readonly error: BackendError | undefined;
  readonly finals: number;
  readonly finalsAfterAbort: number;
}

/** Cancelling at every moment, and that the model can be used afterwards. */
export function testCancellation(subject: ContractSubject, testMilliseconds: number): void {
  // Told in each request: engines that hear a window twice to find it would take twice as long.
  const { language } = subject.options;
  const windows = (): AudioWindow[] => [
    // The longest comes last, so that something still runs when the first is done, also where all run at once.
    subject.window(0, { seconds: 4 }),
    subject.window(1, { seconds: 7, fromSeconds: 2 }),
    subject.fullWindow(2),
  ];

  /** Runs a request that `arm` aborts at its moment. */
  async function abort(
    arm: (controller: AbortController, parts: readonly TranscriptPart[]) => void,
    heard = windows(),
  ): Promise<Outcome> {
    const controller = new AbortController();
    const parts: TranscriptPart[] = [];
    let finalsBefore = 0;
    let abortedAt = (): void => undefined;
    const aborted = new Promise<void>((resolve) => (abortedAt = resolve));
    controller.signal.addEventListener('abort', () => {
      finalsBefore = finalsOf(parts).length;
      abortedAt();
    });
    arm(controller, parts);
    const ended = run(subject.model, heard, {
      language,
      signal: controller.signal,
      onPart: (part) => {
        parts.push(part);
        arm(controller, parts);
      },
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    await Promise.race([aborted, ended]);
    const error = await within(deadlineMilliseconds(), 'The end of a cancelled request', ended);
    if (error !== undefined) expect(error).toBeInstanceOf(BackendError);
    const finals = finalsOf(parts).length;
    return { error: error as BackendError | undefined, finals, finalsAfterAbort: finals - finalsBefore };
  }

  function deadlineMilliseconds(): number {
    const { cancellation } = subject.model.capabilities;
    return cancellation === 'immediate' ? IMMEDIATE_MILLISECONDS_MAX : testMilliseconds / 2;
  }

  function expectCancelled({ error, finalsAfterAbort }: Outcome): void {
    expect(error?.code).toBe('cancelled');
    // A host hands on what had come before it heard of the cancellation.
    if (subject.isHosted) return;
    const { cancellation, batchSize } = subject.model.capabilities;
    expect(finalsAfterAbort).toBeLessThanOrEqual(cancellation === 'immediate' ? 0 : batchSize);
  }

  async function expectUsable(): Promise<void> {
    // Such an engine is only promised to stop with its process.
    if (subject.model.capabilities.cancellation === 'process') return;
    const [result] = await hear(subject.model, [subject.window(0, { seconds: 4 })], { language });
    expect(textOf(result)).not.toBe('');
  }

  test('a request that was cancelled before it began hears nothing', async () => {
    const outcome = await abort((controller) => controller.abort());
    expectCancelled(outcome);
    expect(outcome.finals).toBe(0);
    await expectUsable();
  });

  test('a request can be cancelled right after its start', async () => {
    let isArmed = false;
    const outcome = await abort((controller) => {
      if (!isArmed) setImmediate(() => controller.abort());
      isArmed = true;
    });
    expectCancelled(outcome);
    await expectUsable();
  });

  test('a request can be cancelled at its first part', async () => {
    expectCancelled(await abort((controller, parts) => parts.length === 1 && controller.abort()));
    await expectUsable();
  });

  test('a request can be cancelled between two windows', async () => {
    const outcome = await abort((controller, parts) => finalsOf(parts).length === 1 && controller.abort());
    expectCancelled(outcome);
    expect(outcome.finals).toBeLessThan(windows().length);
    await expectUsable();
  });

  test('a cancellation after the end changes nothing', async () => {
    const controller = new AbortController();
    await hear(subject.model, [subject.window(0, { seconds: 4 })], { language, signal: controller.signal });
    controller.abort();
    await expectUsable();
  });

  test('a reader that stops early leaves the model free', async () => {
    const request = { windows: windows(), options: { task: 'transcribe', language, wordTimes: false } } as const;
    for await (const part of subject.model.transcribe(request)) {
      expect(part).toBeDefined();
      break;
    }
    await expectUsable();
  });

  test(`a request can be cancelled at ${RANDOM_MOMENTS} random moments`, async (context) => {
    const reason = subject.options.skipped?.['random-moments'];
    if (reason !== undefined) context.skip(reason);
    const random = createRandom(SEED);
    // Two are enough to be hit inside a window, between two, and after the last.
    const heard = [subject.window(0, { seconds: 4 }), subject.fullWindow(1)];
    const startedAt = performance.now();
    await hear(subject.model, heard, { language });
    const wholeMilliseconds = performance.now() - startedAt;
    for (let moment = 0; moment < RANDOM_MOMENTS; moment++) {
      let timer: NodeJS.Timeout | undefined;
      const outcome = await abort((controller) => {
        timer ??= setTimeout(() => controller.abort(), random() * wholeMilliseconds);
      }, heard);
      clearTimeout(timer);
      // Close to the end everything may have been heard already.
      if (outcome.error === undefined) expect(outcome.finals).toBe(heard.length);
      else expectCancelled(outcome);
    }
    // Once is enough: what the last one left behind shows here, what the others did in the run after them.
    await expectUsable();
  });
}
