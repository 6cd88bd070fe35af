import { BackendError, type ProbeReport } from '@voice-transcriber/backend-sdk';
import type { HostLogger } from './host-logger.js';
import { InferenceProcess } from './inference-process.js';

const PROBE_SECONDS_MAX = 30;

/** Asks a backend, in a process of its own, what it can do here. A backend that crashes or hangs while it looks is unavailable; nothing is thrown. */
export async function probeBackend(moduleUrl: string, logger: HostLogger): Promise<ProbeReport> {
  let answer: (report: ProbeReport) => void = () => undefined;
  const answered = new Promise<ProbeReport>((resolve) => (answer = resolve));
  const child = new InferenceProcess({
    moduleUrl,
    logger,
    onMessage: (message) => {
      if (message.type === 'probed') answer(message.report);
      if (message.type === 'failed') answer(unavailable(message.error));
    },
  });
  const timer = setTimeout(
    () =>
      child.kill(
        new BackendError('process-hung', `It did not answer within ${PROBE_SECONDS_MAX} s.`, { retry: 'elsewhere' }),
      ),
    PROBE_SECONDS_MAX * 1000,
  );
  try {
    child.send({ type: 'probe' });
    return await Promise.race([answered, child.ended.then(unavailable)]);
  } finally {
    clearTimeout(timer);
    await child.dispose();
  }
}

function unavailable(error: BackendError): ProbeReport {
  return {
    status: 'unavailable',
    reason: error.message,
    fix: 'Run "npm run build:native" and look at the log for the backend\'s own words.',
  };
}
