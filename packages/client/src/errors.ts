export type ClientErrorCode =
  | 'server-unreachable'
  | 'not-allowed'
  | 'file-unreadable'
  | 'upload-refused'
  | 'invalid-input'
  | 'not-found'
  | 'invalid-state'
  | 'model-refused'
  | 'transcription-failed'
  | 'transcription-cancelled'
  | 'request-failed'
  | 'timed-out'
  | 'aborted';

/** Whether the same call may succeed when made again: 'later' for a server that is away or busy, 'never' for a refusal. */
export type ClientErrorRetry = 'later' | 'never';

export interface ClientErrorOptions {
  retry?: ClientErrorRetry;
  /** The server's own code, for example 'file-not-audio' or 'out-of-memory'. */
  serverCode?: string | undefined;
  cause?: unknown;
}

/** Every failure of a call. The message is for a person: the server's own where it gave one. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly retry: ClientErrorRetry;
  readonly serverCode: string | undefined;

  constructor(code: ClientErrorCode, message: string, { retry = 'never', serverCode, cause }: ClientErrorOptions = {}) {
    super(message, { cause });
    this.name = 'ClientError';
    this.code = code;
    this.retry = retry;
    this.serverCode = serverCode;
  }
}

/** What the server's status code says when the body says nothing better. */
export function errorOfStatus(status: number, message: string): ClientError {
  if (status === 401 || status === 403) {
    return new ClientError('not-allowed', `The server refused the API key (${message}).`);
  }
  const busy = status === 429 || status >= 500;
  return new ClientError('request-failed', `The server answered ${String(status)}: ${message}`, {
    retry: busy ? 'later' : 'never',
  });
}

export function unreachable(url: string, cause: unknown): ClientError {
  const { code, message } = (innermost(cause) ?? {}) as NodeJS.ErrnoException;
  return new ClientError(
    'server-unreachable',
    `The server at ${url} cannot be reached (${code ?? message ?? String(cause)}).`,
    {
      retry: 'later',
      cause,
    },
  );
}

/** fetch hides the system's error in causes of causes. */
function innermost(error: unknown): unknown {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return current;
}
