import type { Backend } from '@voice-transcriber/backend-sdk';
import { describe, expect, test } from 'vitest';
import { declareContract, TEST_MILLISECONDS_DEFAULT } from './describe-backend-contract.js';
import { createHostedBackend, type HostedModel } from './hosted-backend.js';
import { embeddedModel, readSpeech } from './kit-material.js';
import { childProcesses } from './process-traces.js';
import { hear, textOf } from './run-request.js';
import { createSubject, type BackendContractOptions, type ContractSubject } from './subject.js';

const ROUNDS = 3;

/** The same tests through an inference host and its child processes, and what only a process border can show. */
export function describeHostedBackendContract(name: string, options: BackendContractOptions): void {
  const { testMilliseconds = TEST_MILLISECONDS_DEFAULT, moduleUrl } = options;
  const subject = createSubject(options, {
    isHosted: true,
    backend: async () => {
      const { default: backend } = (await import(moduleUrl)) as { default: Backend };
      return createHostedBackend(backend, moduleUrl);
    },
    model: options.model ?? embeddedModel,
    speech: options.speech ?? readSpeech,
  });
  describe(`${name} keeps the backend contract behind an inference host`, { timeout: testMilliseconds }, () => {
    declareContract(subject, testMilliseconds);
    testProcessBorder(subject);
  });
}

function testProcessBorder(subject: ContractSubject): void {
  const { language } = subject.options;
  const load = async () => (await subject.load()) as HostedModel;

  test('a process that is killed in the middle of a window is a typed error, and the next window gets a new one', async () => {
    const model = await load();
    try {
      const { pid } = model;
      if (pid === undefined) throw new Error('No process is running.');
      const outcome = hear(model, [subject.fullWindow(0)], { language }).then(
        () => undefined,
        (error: unknown) => error,
      );
      setImmediate(() => process.kill(pid, 'SIGKILL'));
      expect(await outcome).toMatchObject({ code: 'process-crashed', details: { signal: 'SIGKILL' } });
      const [result] = await hear(model, [subject.window(0, { seconds: 4 })], { language });
      expect(textOf(result)).not.toBe('');
      expect(model.pid).not.toBe(pid);
    } finally {
      await model.dispose();
    }
  });

  test('each load is a process of its own, and none outlives its model', async () => {
    const pids = new Set<number | undefined>();
    for (let round = 0; round < ROUNDS; round++) {
      const model = await load();
      pids.add(model.pid);
      expect(childProcesses()).toContain(model.pid);
      await model.dispose();
    }
    expect(pids.size).toBe(ROUNDS);
    expect(childProcesses().filter((pid) => pids.has(pid))).toEqual([]);
  });
}
