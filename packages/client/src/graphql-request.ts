import { abortableDelay } from './abortable-delay.js';
import { setBackgroundTimer } from './background-timer.js';
import { aborted, ClientError, errorOfStatus, isPassing, unreachable } from './errors.js';

export interface Connection {
  /** The server's address without a slash at its end. */
  url: string;
  apiKey: string;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

interface RequestOptions extends CallOptions {
  /** Whether asking twice does no harm. Default false. */
  repeatable?: boolean;
  /** How long the answer may take. Default 30 s. */
  answerMilliseconds?: number | undefined;
}

interface GraphqlAnswer {
  data?: unknown;
  errors?: readonly { message: string; extensions?: { code?: unknown } }[];
}

const ANSWER_MILLISECONDS = 30_000;
const ATTEMPTS = 4;

/** One operation by JSON. Repeatable ones are tried again while the server is away. Throws ClientError. */
export async function requestGraphql<Data>(
  connection: Connection,
  document: string,
  variables: Record<string, unknown>,
  { signal, repeatable = false, answerMilliseconds }: RequestOptions = {},
): Promise<Data> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await requestOnce<Data>(connection, document, variables, signal, answerMilliseconds);
    } catch (error) {
      if (!repeatable || !isPassing(error) || attempt === ATTEMPTS) throw error;
      await abortableDelay(250 * 2 ** attempt, signal);
    }
  }
}

async function requestOnce<Data>(
  connection: Connection,
  document: string,
  variables: Record<string, unknown>,
  signal: AbortSignal | undefined,
  answerMilliseconds: number | undefined,
): Promise<Data> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: document, variables }),
  };
  const { status, body } = await fetchBounded(
    `${connection.url}/graphql`,
    connection,
    signal,
    init,
    answerMilliseconds,
  );
  return readAnswer<Data>(status, body);
}

/** A request that ends: by a whole answer, by the caller's signal, or when the server takes too long. */
export async function fetchBounded(
  url: string,
  connection: Connection,
  signal: AbortSignal | undefined,
  init: RequestInit & { headers?: Record<string, string> } = {},
  answerMilliseconds = ANSWER_MILLISECONDS,
): Promise<{ status: number; body: string }> {
  // A timer of our own, which holds what it aborts: combined and timed signals may be collected before they fire on Node 20, and the call would wait for ever.
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  const clearTimer = setBackgroundTimer(
    () => controller.abort(new DOMException('No answer in time.', 'TimeoutError')),
    answerMilliseconds,
  );
  try {
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${connection.apiKey}` },
      signal: controller.signal,
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    throw requestFailure(error, connection, signal);
  } finally {
    clearTimer();
    signal?.removeEventListener('abort', abort);
  }
}

function requestFailure(error: unknown, connection: Connection, signal: AbortSignal | undefined): ClientError {
  if (signal?.aborted) return aborted('The call', error);
  if ((error as Error).name === 'TimeoutError') {
    return new ClientError('timed-out', `The server at ${connection.url} did not answer in time.`, {
      retry: 'later',
      cause: error,
    });
  }
  return unreachable(connection.url, error);
}

/** The data of a GraphQL answer, or a ClientError with what the server said. */
export function readAnswer<Data>(status: number, body: string): Data {
  let answer: GraphqlAnswer;
  try {
    answer = JSON.parse(body) as GraphqlAnswer;
  } catch (cause) {
    throw status >= 400
      ? errorOfStatus(status, body.slice(0, 200))
      : new ClientError('request-failed', 'The server did not answer with JSON: is this the address of the API?', {
          cause,
        });
  }
  const [error] = answer.errors ?? [];
  if (error) throw errorOfGraphql(status, error);
  if (status >= 400 || answer.data === undefined || answer.data === null) {
    throw errorOfStatus(status, (answer as { message?: string }).message ?? body.slice(0, 200));
  }
  return answer.data as Data;
}

/** What a route beside GraphQL refused: all of them answer failures in GraphQL's form. */
export function errorOfAnswer(status: number, body: string): ClientError {
  try {
    readAnswer(status, body);
  } catch (error) {
    if (error instanceof ClientError) return error;
  }
  return errorOfStatus(status, body.slice(0, 200));
}

export function errorOfGraphql(status: number, error: { message: string; extensions?: object }): ClientError {
  // The type of extensions differs with the GraphQL libraries in the program, so it is read as what it is: any object.
  const code = (error.extensions as { code?: unknown } | undefined)?.code;
  const serverCode = typeof code === 'string' ? code : undefined;
  if (status === 401 || status === 403 || /^(unauthorized|unauthenticated|forbidden)/i.test(serverCode ?? '')) {
    return new ClientError('not-allowed', error.message, { serverCode });
  }
  if (serverCode === 'not-found') return new ClientError('not-found', error.message, { serverCode });
  if (serverCode === 'input-invalid') return new ClientError('invalid-input', error.message, { serverCode });
  const retry = status === 429 || status >= 500 ? 'later' : 'never';
  return new ClientError('request-failed', error.message, { serverCode, retry });
}
