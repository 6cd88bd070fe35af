import { randomUUID } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { aborted, ClientError, unreachable } from '../errors.js';
import type { FileForm, SendOptions } from '../platform.js';

/** How long the connection may stand still: the server looks into the recording before it answers. */
const STALL_MILLISECONDS = 120_000;
const EARLY_ANSWER_MILLISECONDS = 2_000;
const PIECE_BYTES = 256 * 1024;

/** Streams the file: memory does not grow with its size. A refusal that comes before the end of the upload ends it. */
export async function sendForm(
  { url, apiKey, fields, file }: FileForm,
  { signal, onUpload }: SendOptions,
): Promise<{ status: number; body: string }> {
  const boundary = `voice-transcriber-${randomUUID()}`;
  const head = Buffer.from(
    [
      ...fields.map(([name, value]) => field(boundary, name, value)),
      `--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="${quote(file.filename)}"\r\n`,
      'content-type: application/octet-stream\r\n\r\n',
    ].join(''),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { sizeBytes } = file;
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield head;
    onUpload?.(0, sizeBytes);
    for (let sentBytes = 0; ;) {
      const piece = await file.read(sentBytes, sentBytes + PIECE_BYTES);
      if (piece.length === 0) break;
      yield piece;
      sentBytes += piece.length;
      onUpload?.(sentBytes, sizeBytes);
    }
    yield tail;
  }
  const body = Readable.from(parts(), { objectMode: false, highWaterMark: PIECE_BYTES });
  return send(
    new URL(url),
    { body, signal },
    {
      authorization: `Bearer ${apiKey}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      ...(sizeBytes !== undefined && { 'content-length': String(head.byteLength + sizeBytes + tail.byteLength) }),
    },
  );
}

async function send(
  url: URL,
  { body, signal }: { body: Readable; signal: AbortSignal | undefined },
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: 'POST',
    // A connection of its own: a kept one may be closed by the server at the very moment, and a stream cannot be sent twice.
    agent: false,
    headers: { ...headers, accept: 'application/json', 'graphql-require-preflight': '1' },
    ...(signal && { signal }),
  });
  request.setTimeout(STALL_MILLISECONDS, () => {
    const message = `The upload stood still for ${String(STALL_MILLISECONDS / 1000)} s.`;
    request.destroy(new ClientError('timed-out', message, { retry: 'later' }));
  });
  const answered = readResponse(request);
  // Both are awaited below; until then neither failure may count as unhandled.
  answered.catch(() => undefined);
  try {
    await Promise.race([pipeline(body, request), answered]);
    return await answered;
  } catch (error) {
    // A server that refuses early closes while we still send: what it said counts, not the broken pipe.
    const early = await Promise.race([answered.catch(() => undefined), afterMilliseconds(EARLY_ANSWER_MILLISECONDS)]);
    if (early && !signal?.aborted) return early;
    if (signal?.aborted) throw aborted('The upload', error);
    if (error instanceof ClientError) throw error;
    throw unreachable(url.origin, error);
  } finally {
    body.destroy();
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
