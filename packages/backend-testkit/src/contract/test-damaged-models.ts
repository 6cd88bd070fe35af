import path from 'node:path';
import { BackendError, type ModelFiles } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { DAMAGES, damageModel } from './damage-model.js';
import { childProcesses, isHeld } from './process-traces.js';
import { hear, rejection, textOf, within } from './run-request.js';
import type { ContractSubject } from './subject.js';

const LOAD_MILLISECONDS_MAX = 30_000;

/** Files that cannot be loaded: a typed error in time, and nothing is left behind. */
export function testDamagedModels(subject: ContractSubject): void {
  async function refuse(files: ModelFiles): Promise<BackendError> {
    const childrenBefore = childProcesses();
    const error = await within(
      LOAD_MILLISECONDS_MAX,
      'Refusing a model file',
      rejection(() => subject.load(files)),
    );
    expect(BackendError.fromJSON(JSON.parse(JSON.stringify(error))).toJSON()).toEqual(error.toJSON());
    expect(childProcesses().filter((pid) => !childrenBefore.includes(pid))).toEqual([]);
    expect(isHeld(files.path)).toBe(false);
    return error;
  }

  test('a model file that is missing is a typed error', async () => {
    const files = { ...subject.files, path: path.join(subject.directory, 'missing.bin') };
    expect((await refuse(files)).code).toBe('model-missing');
  });

  test.each(DAMAGES)('a model file that is %s is a typed error', async (damage) => {
    const files = await damageModel(subject.files, subject.directory, { damage, isManifestTrue: false });
    expect((await refuse(files)).code).toBe('model-corrupt');
  });

  test.each(DAMAGES)('a model file that is %s is a typed error though its size is as announced', async (damage) => {
    const files = await damageModel(subject.files, subject.directory, { damage, isManifestTrue: true });
    expect(['model-corrupt', 'model-unsupported']).toContain((await refuse(files)).code);
  });

  test('a model that was loaded before goes on after others were refused', async () => {
    const { language } = subject.options;
    const [result] = await hear(subject.model, [subject.window(0, { seconds: 4 })], { language });
    expect(textOf(result)).not.toBe('');
  });
}
