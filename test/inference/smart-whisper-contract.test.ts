import { describeBackendContract, describeHostedBackendContract } from '@voice-transcriber/backend-testkit/contract';

const moduleUrl = import.meta.resolve('@voice-transcriber/backend-smart-whisper');

describeBackendContract('smart-whisper', { moduleUrl });
describeHostedBackendContract('smart-whisper', { moduleUrl });
