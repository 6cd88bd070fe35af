import type { StoredBackendReport } from '@voice-transcriber/db';
import type { BackendReport } from '@voice-transcriber/inference';
import { type Finding, ok, problem, warning } from './finding.js';

/** What the engines say of themselves, with the self-tests of a worker where there were any. One that works is enough for work to go on. */
export function checkBackends(reports: readonly (BackendReport | StoredBackendReport)[], host?: string): Finding[] {
  const anyWorks = reports.some(({ status }) => status === 'available');
  return reports.map((report) => {
    const { name, status, version, devices, reason, fix } = report;
    const subject = { subject: host === undefined ? name : `${name} on ${host}` };
    if (status === 'unavailable') {
      const what = [reason ?? 'unavailable', fix ?? 'Run "npm run build:native".', subject] as const;
      return anyWorks ? warning('backend', ...what) : problem('backend', ...what);
    }
    const tests = report.selfTests ?? [];
    const failed = tests.find(({ ok: passed }) => !passed);
    if (failed !== undefined) {
      const advice = 'It is not used for work while it fails. Build it again, or choose another backend.';
      return problem('backend', `it failed its self-test: ${failed.problem ?? 'no reason given'}`, advice, subject);
    }
    const places = devices.map((device) => device.name).join(', ');
    const speeds = tests.flatMap(({ audioSecondsPerSecond, model }) =>
      audioSecondsPerSecond === undefined
        ? []
        : [`${model} heard right at ${audioSecondsPerSecond.toFixed(1)}x real time`],
    );
    return ok('backend', [version, places, ...speeds].filter(Boolean).join('; '), subject);
  });
}
