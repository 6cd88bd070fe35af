import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CatalogueModel } from '@voice-transcriber/inference';

/** How a mirror answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Mirror {
  readonly url: string;
  /** What each request asked for: `from 0`, or `from 1048576 if "etag"`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** A mirror on this machine that answers its first requests as told, and every later one like the last. */
export async function startMirror(answers: readonly Answer[]): Promise<Mirror> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    const from = /^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? '0';
    requests.push(`from ${from}${ifRange === undefined ? '' : ` if ${String(ifRange)}`}`);
    answers[Math.min(requests.length, answers.length) - 1]?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function offsetOf({ headers }: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
}

/** As a good server does it: ranges, unless the file is another one by now. */
export function serve(content: Buffer, { etag = '"one"', endAt = content.length }: ServeOptions = {}): Answer {
  return (request, response) => {
    const offset = request.headers['if-range'] === etag || !request.headers['if-range'] ? offsetOf(request) : 0;
    const headers = { 'content-type': 'application/octet-stream', etag };
    const length = content.length - offset;
    if (offset === 0) response.writeHead(200, { ...headers, 'content-length': length });
    else {
      const range = `bytes ${offset}-${content.length - 1}/${content.length}`;
      response.writeHead(206, { ...headers, 'content-length': length, 'content-range': range });
    }
    if (endAt >= content.length) response.end(content.subarray(offset));
    else response.write(content.subarray(offset, endAt), () => setImmediate(() => response.destroy()));
  };
}

interface ServeOptions {
  readonly etag?: string;
  /** The connection breaks here. */
  readonly endAt?: number;
}

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(code, headers).end('sorry');
  };

/** Chance, with the four bytes with which every checkpoint begins. */
export function likeModel(fileBytes: number): Buffer {
  return Buffer.concat([Buffer.from('lmgg'), randomBytes(fileBytes - 4)]);
}

/** A file that the catalogue could hold. */
export function inventModel(fileBytes: number): { content: Buffer; model: CatalogueModel } {
  const content = likeModel(fileBytes);
  const model: CatalogueModel = {
    name: 'tiny-invented',
    size: 'tiny',
    quantization: 'q8_0',
    languages: ['*'],
    fileBytes,
    sha1: createHash('sha1').update(content).digest('hex'),
    memoryBytesNeeded: 1,
  };
  return { content, model };
}
