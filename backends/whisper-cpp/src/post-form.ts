import http from 'node:http';

export interface PostOptions {
  readonly port: number;
  readonly path: string;
  readonly form: FormData;
  /** Closes the connection, upon which the server stops working on the request. */
  readonly signal?: AbortSignal | undefined;
  readonly millisecondsMax: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const ANSWER_BYTES_MAX = 20_000_000;

/**
 * Sends a form to a server on this machine. Not fetch, which gives up after five minutes without an answer: a window of a large model may take longer.
 * Rejects when the connection breaks, the time is over or the signal aborts.
 */
export async function postForm({ port, path, form, signal, millisecondsMax }: PostOptions): Promise<Answer> {
  // Response knows how forms are written.
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  const contentType = encoded.headers.get('content-type') ?? '';
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      agent: false,
      headers: { 'content-type': contentType, 'content-length': body.length },
    });
    const stop = () => request.destroy(new Error('The request was aborted.'));
    const timer = setTimeout(
      () => request.destroy(new Error(`No answer came within ${millisecondsMax / 1000} s.`)),
      millisecondsMax,
    );
    request.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) request.destroy(new Error('The answer is too long.'));
        else chunks.push(chunk);
      });
      response.once('error', reject);
      response.once('close', () => reject(new Error('The connection closed in the middle of the answer.')));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    request.end(body);
  });
}
