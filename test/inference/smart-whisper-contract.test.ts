import { describeBackendContract } from '@voice-transcriber/backend-testkit/contract';

// Behind a host the suite runs for the fast engine and the fake one: the host is the same for all, and this one takes minutes.
const moduleUrl = import.meta.resolve('@voice-transcriber/backend-smart-whisper');

describeBackendContract('smart-whisper', {
  moduleUrl,
  skipped: {
    'repeated-loads':
      'Twenty loads of this engine take more than a minute, and in the product its memory goes with its process.',
  },
});
