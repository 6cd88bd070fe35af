import backend from '@voice-transcriber/backend-whisper-cpp';
import { describeBackendContract, describeHostedBackendContract } from '@voice-transcriber/backend-testkit/contract';
import { test } from 'vitest';

const moduleUrl = import.meta.resolve('@voice-transcriber/backend-whisper-cpp');
const report = await backend.probe();

if (report.status === 'available') {
  describeBackendContract('whisper-cpp', { moduleUrl });
  describeHostedBackendContract('whisper-cpp', { moduleUrl });
} else {
  test.skip(`whisper-cpp keeps the backend contract (${report.reason} ${report.fix})`);
}
