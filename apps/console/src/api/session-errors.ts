import type { CombinedError } from 'urql';

const UNAUTHENTICATED_CODES = new Set(['unauthenticated']);

const SERVER_FAILURE_CODES = new Set(['internal-error', 'deadline-exceeded', 'shutting-down']);

function statusOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('status' in value && typeof value.status === 'number') return value.status;
  return 'response' in value ? statusOf(value.response) : undefined;
}

/** True when the answer means: no session, or one that has ended. */
export function isSessionLost(error: CombinedError | undefined): boolean {
  if (error === undefined) return false;
  if (statusOf(error.response) === 401 || statusOf(error.networkError) === 401) return true;
  return error.graphQLErrors.some(({ extensions }) => UNAUTHENTICATED_CODES.has(String(extensions['code'])));
}

/** True when the server failed on its own account, so that asking again may help. */
export function isServerFailure({ networkError, graphQLErrors }: CombinedError): boolean {
  if (networkError !== undefined) return true;
  return graphQLErrors.some(({ extensions }) => SERVER_FAILURE_CODES.has(String(extensions['code'])));
}

/** A sentence for people: what happened, without the library's prefixes. */
export function describeError(error: CombinedError): string {
  const [first] = error.graphQLErrors;
  if (first !== undefined) return first.message;
  return 'The server did not answer. Check that it is running and reachable from this browser.';
}
