import type { BackendsQuery } from '../gql/graphql';

export type ApiBackend = BackendsQuery['backends'][number];
type Attempts = BackendsQuery['transcriptions']['nodes'];

export interface ErrorRate {
  readonly failed: number;
  readonly ended: number;
}

/** Attempts of the recent jobs that ended well or badly, by backend. What was cancelled or handed on says nothing about it. */
export function errorRates(jobs: Attempts): Readonly<Record<string, ErrorRate>> {
  const rates: Record<string, ErrorRate> = {};
  for (const { backend, outcome, kind } of jobs.flatMap(({ attempts }) => attempts.nodes)) {
    if (backend === null || kind !== 'CHUNK' || (outcome !== 'FAILED' && outcome !== 'SUCCEEDED')) continue;
    const { failed, ended } = rates[backend] ?? { failed: 0, ended: 0 };
    rates[backend] = { failed: failed + (outcome === 'FAILED' ? 1 : 0), ended: ended + 1 };
  }
  return rates;
}

type Capabilities = NonNullable<ApiBackend['selfTests'][number]['capabilities']>;

const CANCELLATION: Readonly<Record<Capabilities['cancellation'], string>> = {
  IMMEDIATE: 'stops at once',
  WINDOW: 'stops after a window',
  PROCESS: 'stops by ending its process',
};

/** What a backend can do, as a list; what it cannot is said as well. */
export function describeCapabilities(capabilities: Capabilities): string {
  const { wordTimes, translation, languageDetection, windowsAtOnce, cancellation } = capabilities;
  return [
    wordTimes ? 'word times' : 'no word times',
    translation ? 'translation' : 'no translation',
    languageDetection ? 'language detection' : 'no language detection',
    windowsAtOnce === 1 ? 'one window at a time' : `${windowsAtOnce} windows at once`,
    CANCELLATION[cancellation],
  ].join(', ');
}

/** instructionSets → instruction sets. Backends name their facts for programs. */
export function describeFact(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, (_, end: string, begin: string) => `${end} ${begin.toLowerCase()}`);
}

export function describeRate(rate: ErrorRate | undefined): string {
  if (rate === undefined) return 'Not used by the last 50 jobs';
  const { failed, ended } = rate;
  const share = (100 * failed) / ended;
  return `${failed} of ${ended} ${ended === 1 ? 'attempt' : 'attempts'} failed${failed === 0 ? '' : `, ${share < 10 ? share.toFixed(1) : Math.round(share)} %`}, over the last 50 jobs`;
}
