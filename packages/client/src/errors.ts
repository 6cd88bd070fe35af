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

const ACTIONS: Readonly<Record<ClientErrorCode, string>> = {
  'server-unreachable': 'Check that the server runs and that the address is right, then make the call again.',
  'not-allowed': 'Give an API key of this server whose scope allows the call: write for changes, admin for models.',
  'file-unreadable': 'Check the path and its permissions, or give a File, a Blob or a stream.',
  'upload-refused': 'Send another file: the server says what is wrong with this one.',
  'invalid-input': 'Change the option that the message names.',
  'not-found': 'It was deleted, or the id belongs to another server: look it up again.',
  'invalid-state': 'Read the state first: the call is for another one.',
  'model-refused': 'List the models: the message says what this one lacks.',
  'transcription-failed': 'Do what the message says, then retry(id).',
  'transcription-cancelled': 'Somebody cancelled it: retry(id) begins again.',
  'request-failed':
    'Make the call again if retry is "later"; otherwise client and server do not fit: update the older one.',
  'timed-out': 'Make the call again with more time; what the server has is kept.',
  aborted: 'Nothing: your signal ended it.',
};

/** Every failure of a call. The message is for a person: the server's own where it gave one. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  /** What to do about it. */
  readonly action: string;
  readonly retry: ClientErrorRetry;
  readonly serverCode: string | undefined;

  constructor(code: ClientErrorCode, message: string, { retry = 'never', serverCode, cause }: ClientErrorOptions = {}) {
    super(message, { cause });
    this.name = 'ClientError';
    this.code = code;
    this.action = ACTIONS[code];
    this.retry = retry;
    this.serverCode = serverCode;
  }
}

/** What the server's status code says when the body says nothing better. */
export function errorOfStatus(status: number, message: string): ClientError {
  if (status === 401 || status === 403) {
    return new ClientError('not-allowed', `The server refused the API key (${message}).`);
  }
  if (status === 404 || status === 410) return new ClientError('not-found', message);
  const busy = status === 429 || status >= 500;
  return new ClientError('request-failed', `The server answered ${String(status)}: ${message}`, {
    retry: busy ? 'later' : 'never',
  });
}

export function unreachable(url: string, cause: unknown): ClientError {
  const { code, message } = (innermost(cause) ?? {}) as { code?: string; message?: string };
  return new ClientError(
    'server-unreachable',
    `The server at ${url} cannot be reached (${code ?? message ?? String(cause)}).`,
    { retry: 'later', cause },
  );
}

export function aborted(what: string, cause: unknown): ClientError {
  return new ClientError('aborted', `${what} was aborted.`, { cause });
}

/** Whether the same call may be made again by itself. */
export function isPassing(error: unknown): boolean {
  return error instanceof ClientError && error.retry === 'later';
}

/** fetch hides the system's error in causes of causes. */
function innermost(error: unknown): unknown {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return current;
}
