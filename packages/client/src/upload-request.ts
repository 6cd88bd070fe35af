import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ClientError, unreachable } from './errors.js';
import { type Connection, readAnswer } from './graphql-request.js';

export interface UploadOptions {
  signal?: AbortSignal | undefined;
  /** Bytes of the file handed to the system so far, and all. */
  onUpload?: ((sentBytes: number, totalBytes: number) => void) | undefined;
}

interface UploadSource {
  filename: string;
  sizeBytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** How long the connection may stand still: the server looks into the recording before it answers. */
const STALL_MILLISECONDS = 120_000;
const EARLY_ANSWER_MILLISECONDS = 2_000;

/**
 * One operation with a file, as a GraphQL multipart request. The file is streamed: memory does not grow with its size.
 * The document's file variable is `input.file`. A refusal that comes before the end of the upload ends it.
 */
export async function uploadGraphql<Data>(
  connection: Connection,
  file: string | Blob,
  operation: { document: string; input: Record<string, unknown>; path?: string },
  { signal, onUpload }: UploadOptions,
): Promise<Data> {
  const source = await openSource(file);
  const boundary = `voice-transcriber-${randomUUID()}`;
  const variables = { input: { ...operation.input, file: null } };
  const head = Buffer.from(
    [
      field(boundary, 'operations', JSON.stringify({ query: operation.document, variables })),
      field(boundary, 'map', JSON.stringify({ 0: ['variables.input.file'] })),
      `--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="${quote(source.filename)}"\r\n`,
      'content-type: application/octet-stream\r\n\r\n',
    ].join(''),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield head;
    let sentBytes = 0;
    onUpload?.(0, source.sizeBytes);
    for await (const chunk of source.open()) {
      yield chunk;
      sentBytes += chunk.byteLength;
      onUpload?.(sentBytes, source.sizeBytes);
    }
    yield tail;
  }
  const { status, body } = await send(
    new URL(`${connection.url}${operation.path ?? '/graphql'}`),
    connection,
    signal,
    Readable.from(parts(), { objectMode: false, highWaterMark: 256 * 1024 }),
    {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(head.byteLength + source.sizeBytes + tail.byteLength),
    },
  );
  return readAnswer<Data>(status, body);
}

async function send(
  url: URL,
  connection: Connection,
  signal: AbortSignal | undefined,
  bodyStream: Readable,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: 'POST',
    // A connection of its own: a kept one may be closed by the server at the very moment, and a stream cannot be sent twice.
    agent: false,
    headers: {
      ...headers,
      accept: 'application/json',
      authorization: `Bearer ${connection.apiKey}`,
      'graphql-require-preflight': '1',
    },
    ...(signal && { signal }),
  });
  request.setTimeout(STALL_MILLISECONDS, () => {
    request.destroy(
      new ClientError('timed-out', `The upload stood still for ${String(STALL_MILLISECONDS / 1000)} s.`, {
        retry: 'later',
      }),
    );
  });
  const answered = readResponse(request);
  // Both are awaited below; until then neither failure may count as unhandled.
  answered.catch(() => undefined);
  try {
    await Promise.race([pipeline(bodyStream, request), answered]);
    return await answered;
  } catch (error) {
    // A server that refuses early closes while we still send: what it said counts, not the broken pipe.
    const early = await Promise.race([answered.catch(() => undefined), afterMilliseconds(EARLY_ANSWER_MILLISECONDS)]);
    if (early && !signal?.aborted) return early;
    if (signal?.aborted) throw new ClientError('aborted', 'The upload was aborted.', { cause: error });
    if (error instanceof ClientError) throw error;
    throw unreachable(connection.url, error);
  } finally {
    bodyStream.destroy();
    request.destroy();
  }
}

async function readResponse(request: ClientRequest): Promise<{ status: number; body: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    request.once('close', () => {
      reject(new Error('The connection closed without an answer.'));
    });
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() };
}

async function openSource(file: string | Blob): Promise<UploadSource> {
  if (typeof file !== 'string') {
    const filename = (file as Blob & { name?: string }).name ?? 'recording';
    return { filename, sizeBytes: file.size, open: () => file.stream() };
  }
  const facts = await stat(file).catch((cause: unknown) => {
    throw new ClientError(
      'file-unreadable',
      `${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}.`,
      { cause },
    );
  });
  if (!facts.isFile()) throw new ClientError('file-unreadable', `${file} is not a file.`);
  // Exactly the announced bytes, also of a file that grows meanwhile.
  const open = (): AsyncIterable<Uint8Array> =>
    facts.size === 0 ? Readable.from([]) : createReadStream(file, { end: facts.size - 1, highWaterMark: 256 * 1024 });
  return { filename: basename(file), sizeBytes: facts.size, open };
}

function field(boundary: string, name: string, value: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\ncontent-type: application/json\r\n\r\n${value}\r\n`;
}

/** As browsers write file names into multipart headers. */
function quote(filename: string): string {
  return filename.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

async function afterMilliseconds(milliseconds: number): Promise<undefined> {
  await delay(milliseconds, undefined, { ref: false });
  return undefined;
}
