import { BackendError } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { hear, rejection, run, within } from './run-request.js';
import type { ContractSubject } from './subject.js';

/** For engines that stop at once; the others are waited for until their window ends. */
const DISPOSE_MILLISECONDS_MAX = 30_000;

/** What a backend says about itself, where a model really runs, and how it ends. */
export function testLoading(subject: ContractSubject, testMilliseconds: number): void {
  test('says its version, its devices and the memory that the model needs', () => {
    const { backend, model, files, device } = subject;
    expect(backend.specVersion).toBe(1);
    expect(backend.name).toMatch(/^[a-z][a-z0-9-]*$/);
    const fit = backend.fit(files.manifest, device);
    expect(fit.fits && fit.memoryBytesNeeded).toBeGreaterThan(0);
    expect(model.memoryBytes).toBeGreaterThan(0);
    expect(model.capabilities.batchSize).toBeGreaterThanOrEqual(1);
    expect(model.capabilities.concurrency).toBeGreaterThanOrEqual(1);
    expect(['process', 'window', 'immediate']).toContain(model.capabilities.cancellation);
  });

  test('the device that a model runs on is the one that was asked for, of those that were reported', () => {
    expect(subject.model.device).toMatchObject({ id: subject.device.id, kind: subject.device.kind });
    expect(subject.devices.map(({ id }) => id)).toContain(subject.model.device.id);
  });

  test('a device that is not there is a typed error, or the model says where it really runs', async () => {
    const device = { id: 'cuda:97', kind: 'cuda', name: 'Nowhere', memoryBytesTotal: 1e9 } as const;
    const loading = subject.load(subject.files, device);
    const model = await loading.catch(() => undefined);
    if (model === undefined) {
      expect((await rejection(() => loading)).code).toBe('device-unavailable');
      return;
    }
    await model.dispose();
    expect(subject.devices.map(({ id }) => id)).toContain(model.device.id);
  });

  test('disposing twice is harmless, and nothing can be heard afterwards', async () => {
    const model = await subject.load();
    await Promise.all([model.dispose(), model.dispose()]);
    await model.dispose();
    expect(await rejection(() => run(model, [subject.window(0, { seconds: 4 })]))).toBeInstanceOf(BackendError);
  });

  test('disposing during a run ends the run with its result or a typed error', async () => {
    const model = await subject.load();
    const { language } = subject.options;
    const canStop = model.capabilities.cancellation === 'immediate';
    const endMilliseconds = canStop ? DISPOSE_MILLISECONDS_MAX : testMilliseconds / 2;
    let start = (): void => undefined;
    const started = new Promise<void>((resolve) => (start = resolve));
    const outcome = hear(model, [subject.fullWindow(0), subject.fullWindow(1)], {
      language,
      onPart: () => start(),
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    // The first part may come late or with the result.
    const timer = setTimeout(start, 100);
    await started;
    clearTimeout(timer);
    await within(endMilliseconds, 'Disposing during a run', model.dispose());
    const error = await within(endMilliseconds, 'The end of the run', outcome);
    if (error !== undefined) expect(error).toBeInstanceOf(BackendError);
  });
}
