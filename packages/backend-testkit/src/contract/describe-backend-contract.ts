import type { Backend } from '@voice-transcriber/backend-sdk';
import { afterAll, beforeAll, describe } from 'vitest';
import { embeddedModel, readSpeech } from './kit-material.js';
import { createSubject, type BackendContractOptions, type ContractSubject } from './subject.js';
import { testCancellation } from './test-cancellation.js';
import { testConcurrency } from './test-concurrency.js';
import { testDamagedModels } from './test-damaged-models.js';
import { testLoading } from './test-loading.js';
import { testRepeatedLoads } from './test-repeated-loads.js';
import { testRequests } from './test-requests.js';
import { testResults } from './test-results.js';

export const TEST_MILLISECONDS_DEFAULT = 240_000;

/** Declares the tests that every backend must pass, whatever engine is behind it. They run the engine in the test's own process. */
export function describeBackendContract(name: string, options: BackendContractOptions): void {
  const { testMilliseconds = TEST_MILLISECONDS_DEFAULT } = options;
  const subject = createSubject(options, {
    isHosted: false,
    backend: async () => ((await import(options.moduleUrl)) as { default: Backend }).default,
    model: options.model ?? embeddedModel,
    speech: options.speech ?? readSpeech,
  });
  describe(`${name} keeps the backend contract`, { timeout: testMilliseconds }, () => {
    declareContract(subject, testMilliseconds);
    testRepeatedLoads(subject, testMilliseconds);
  });
}

/** What holds for a backend alone and behind a host. */
export function declareContract(subject: ContractSubject, testMilliseconds: number): void {
  beforeAll(() => subject.open(), testMilliseconds);
  afterAll(() => subject.close());
  testLoading(subject, testMilliseconds);
  testResults(subject);
  testRequests(subject);
  testConcurrency(subject);
  testCancellation(subject, testMilliseconds);
  testDamagedModels(subject);
}
