import { describeBackendContract, describeHostedBackendContract } from '@voice-transcriber/backend-testkit/contract';

const moduleUrl = import.meta.resolve('@voice-transcriber/backend-onnxruntime');

describeBackendContract('onnxruntime', { moduleUrl });
describeHostedBackendContract('onnxruntime', { moduleUrl });
