import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ObjectFiles, StoredObject } from './object-files.js';
import { S3Refusal } from './s3-refusal.js';
import { verifySignature, type Signer } from './verify-signature.js';

interface Installation extends Signer {
  readonly bucket: string;
  readonly files: ObjectFiles;
}

/** Carries one request out, or throws an S3Refusal. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  installation: Installation,
): Promise<void> {
  verifySignature(request, installation);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [, bucket = '', ...parts] = decodeURIComponent(pathname).split('/');
  if (bucket !== installation.bucket) {
    const isHead = request.method === 'HEAD';
    throw new S3Refusal(404, isHead ? 'NotFound' : 'NoSuchBucket', 'There is no such bucket.');
  }
  const key = parts.join('/');
  const { files } = installation;
  const uploadId = searchParams.get('uploadId');
  switch (`${request.method ?? ''} ${key === '' ? 'bucket' : 'object'}`) {
    case 'GET bucket':
      return searchParams.has('uploads') ? sendUploads(response, files) : sendList(response, files, searchParams);
    case 'HEAD object':
      return void sendHead(response, await getObject(files, key));
    case 'GET object':
      return sendObject(request, response, await getObject(files, key));
    case 'PUT object':
      if (uploadId === null) await files.put(key, request, announcedHash(request));
      else await files.putPart(uploadId, Number(searchParams.get('partNumber')), request, announcedHash(request));
      return send(response, 200, '', { etag: '"test"' });
    case 'POST object':
      if (uploadId === null) {
        const id = await files.beginUpload(key);
        return send(response, 200, xml('InitiateMultipartUploadResult', tag('UploadId', id)));
      }
      await files.finishUpload(uploadId, key, await partNumbers(request));
      return send(response, 200, xml('CompleteMultipartUploadResult', tag('Key', key)));
    case 'DELETE object':
      if (uploadId === null) await files.delete(key);
      else await files.abortUpload(uploadId);
      return send(response, 204);
    default:
      throw new S3Refusal(501, 'NotImplemented', 'This server is for tests and knows only what they need.');
  }
}

function announcedHash({ headers }: IncomingMessage): string | undefined {
  const announced = headers['x-amz-content-sha256'];
  if (typeof announced !== 'string') throw new S3Refusal(400, 'MissingSecurityHeader', 'The content is not signed.');
  if (announced === 'UNSIGNED-PAYLOAD') return undefined;
  if (announced.startsWith('STREAMING-'))
    throw new S3Refusal(501, 'NotImplemented', 'Signed chunks are left out here.');
  return announced;
}

async function getObject(files: ObjectFiles, key: string): Promise<StoredObject> {
  const found = await files.find(key);
  if (found === undefined) throw new S3Refusal(404, 'NoSuchKey', 'There is no such object.');
  return found;
}

const factsOf = ({ sizeBytes, modifiedAt }: StoredObject): Record<string, string> => ({
  etag: `"${String(sizeBytes)}-${String(modifiedAt.getTime())}"`,
  'last-modified': modifiedAt.toUTCString(),
});

function sendHead(response: ServerResponse, object: StoredObject): void {
  response.writeHead(200, { ...factsOf(object), 'content-length': String(object.sizeBytes) });
  response.end();
}

async function sendObject(request: IncomingMessage, response: ServerResponse, object: StoredObject): Promise<void> {
  const { sizeBytes, path } = object;
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (range === null) {
    response.writeHead(200, { ...factsOf(object), 'content-length': String(sizeBytes) });
    return pipeline(createReadStream(path), response);
  }
  const start = Number(range[1]);
  const end = Math.min(Number(range[2]), sizeBytes - 1);
  if (start >= sizeBytes) throw new S3Refusal(416, 'InvalidRange', 'The range begins behind the end.');
  response.writeHead(206, {
    ...factsOf(object),
    'content-length': String(end - start + 1),
    'content-range': `bytes ${String(start)}-${String(end)}/${String(sizeBytes)}`,
  });
  return pipeline(createReadStream(path, { start, end }), response);
}

async function sendList(response: ServerResponse, files: ObjectFiles, query: URLSearchParams): Promise<void> {
  const after = query.get('continuation-token') ?? '';
  const sizeMax = Number(query.get('max-keys') ?? '1000');
  const all = (await files.list(query.get('prefix') ?? '')).filter(({ key }) => key > after);
  const page = all.slice(0, sizeMax);
  const contents = page.map(({ key, sizeBytes, modifiedAt }) =>
    tag('Contents', tag('Key', key) + tag('LastModified', modifiedAt.toISOString()) + tag('Size', String(sizeBytes))),
  );
  const isTruncated = page.length < all.length;
  const next = isTruncated ? tag('NextContinuationToken', page.at(-1)?.key ?? '') : '';
  const flags = tag('IsTruncated', String(isTruncated)) + tag('KeyCount', String(page.length)) + next;
  send(response, 200, xml('ListBucketResult', flags + contents.join('')));
}

async function sendUploads(response: ServerResponse, files: ObjectFiles): Promise<void> {
  const uploads = (await files.uploads()).map(({ id, key, begunAt }) =>
    tag('Upload', tag('Key', key) + tag('UploadId', id) + tag('Initiated', begunAt.toISOString())),
  );
  send(response, 200, xml('ListMultipartUploadsResult', uploads.join('')));
}

async function partNumbers(request: IncomingMessage): Promise<number[]> {
  return [...(await text(request)).matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number));
}

function tag(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function xml(name: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${name}>`;
}

function send(response: ServerResponse, status: number, body = '', headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/xml', ...headers });
  response.end(body);
}
