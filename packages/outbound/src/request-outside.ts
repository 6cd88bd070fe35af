import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns';
import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { bareHost, checkUrl, refusedAddress } from './check-url.js';
import { OutboundError } from './outbound-error.js';
import { isPublicAddress } from './public-address.js';

export interface OutsideRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Private and loopback addresses too. */
  readonly allowPrivate: boolean;
  /** More are an error; 0 gives the redirect itself as the answer. */
  readonly redirectsMax: number;
  /** From the first packet to the last byte of the body, redirects included. */
  readonly secondsMax: number;
  readonly signal?: AbortSignal;
}

export interface OutsideAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** To be read or destroyed. Is destroyed with an error when the deadline passes. */
  readonly body: IncomingMessage;
}

/**
 * Makes a request to an address that a person named, without letting it reach where that person could not: the name is resolved here, every address that it
 * has must be public, and the connection goes to one of those that were looked at, so that a second answer of the name server changes nothing.
 * Redirects are followed by the same rules. No proxy is used. Throws OutboundError.
 */
export async function requestOutside(address: string, options: OutsideRequest): Promise<OutsideAnswer> {
  const { allowPrivate, redirectsMax, secondsMax, signal } = options;
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(tooLate(secondsMax)), secondsMax * 1000);
  const onAbort = (): void => ending.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const release = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  try {
    let url = checkUrl(address, { allowPrivate });
    for (let redirects = 0; ; redirects += 1) {
      const body = await requestOnce(url, options, ending.signal);
      const target = redirectOf(body);
      if (target === undefined || redirectsMax === 0) {
        const onLate = (): void => void body.destroy(reasonOf(ending.signal));
        ending.signal.addEventListener('abort', onLate, { once: true });
        body.once('close', release);
        return { status: body.statusCode ?? 0, headers: body.headers, url, body };
      }
      body.destroy();
      if (redirects === redirectsMax) {
        throw new OutboundError(
          'redirects-too-many',
          `${url.host} redirects more than ${redirectsMax} times. Send the last address.`,
        );
      }
      url = checkUrl(new URL(target, url).href, { allowPrivate });
    }
  } catch (error) {
    release();
    throw error;
  }
}

function requestOnce(url: URL, options: OutsideRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, headers, body, allowPrivate } = options;
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { ...headers }, agent: false, lookup: guardedLookup(url, { allowPrivate }) },
      resolve,
    );
    const onAbort = (): void => void sent.destroy(reasonOf(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    sent.once('close', () => signal.removeEventListener('abort', onAbort));
    sent.on('error', (error) => reject(toOutboundError(url, error)));
    sent.end(body);
  });
}

/** What the socket asks for the address: an answer with a private one in it is refused as a whole. IP addresses in the URL were checked before. */
function guardedLookup(
  url: URL,
  { allowPrivate }: { readonly allowPrivate: boolean },
): NonNullable<RequestOptions['lookup']> {
  return (hostname, options: LookupOptions, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      const isRefused = !allowPrivate && addresses.some(({ address }) => !isPublicAddress(address));
      if (isRefused) return callback(refusedAddress(bareHost(url)), '', 0);
      const [first] = addresses;
      if (options.all === true) return callback(null, addresses);
      callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined;
}

function tooLate(secondsMax: number): OutboundError {
  return new OutboundError('deadline-exceeded', `There was no complete answer within ${secondsMax} s.`);
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new OutboundError('connection-failed', 'The request was broken off.');
}

function toOutboundError(url: URL, error: NodeJS.ErrnoException): OutboundError {
  if (error instanceof OutboundError) return error;
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new OutboundError('name-unknown', `The name ${url.hostname} cannot be resolved.`, { cause: error });
  }
  const why = error.code ?? error.message;
  return new OutboundError('connection-failed', `${url.host} could not be reached (${why}).`, { cause: error });
}
