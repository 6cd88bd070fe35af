import backend from '@voice-transcriber/backend-whisper-cpp';
import { describeBackendContract } from '@voice-transcriber/backend-testkit/contract';
import { test } from 'vitest';

// Behind a host the suite runs for the fast engine and the fake one: the host is the same for all, and this one takes minutes.
const moduleUrl = import.meta.resolve('@voice-transcriber/backend-whisper-cpp');
const report = await backend.probe();

if (report.status === 'available') {
  describeBackendContract('whisper-cpp', { moduleUrl });
} else {
  test.skip(`whisper-cpp keeps the backend contract (${report.reason} ${report.fix})`);
}
