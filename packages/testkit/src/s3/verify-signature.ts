import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Refusal } from './s3-refusal.js';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

export interface Signer {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Works out what the signature (AWS Signature Version 4) of a request must be, and refuses any other. */
export function verifySignature(request: IncomingMessage, { region, credentials }: Signer): void {
  const match = AUTHORIZATION.exec(request.headers.authorization ?? '');
  if (match === null) throw new S3Refusal(403, 'AccessDenied', 'The request carries no signature.');
  const [, accessKeyId = '', day = '', signedRegion = '', signedHeaders = '', signature = ''] = match;
  if (accessKeyId !== credentials.accessKeyId) throw new S3Refusal(403, 'InvalidAccessKeyId', 'There is no such key.');
  if (signedRegion !== region) throw new S3Refusal(400, 'AuthorizationHeaderMalformed', `The region is ${region}.`);
  if (!signedHeaders.split(';').includes('host')) throw new S3Refusal(403, 'AccessDenied', 'The host is not signed.');
  const canonical = [
    request.method,
    pathOf(request),
    canonicalQuery(request),
    ...signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    signedHeaders,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const signed = `AWS4-HMAC-SHA256\n${String(request.headers['x-amz-date'])}\n${scope}\n${digest}`;
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), region));
  if (!timingSafeEqual(hmac(key, signed), Buffer.from(signature, 'hex'))) {
    throw new S3Refusal(403, 'SignatureDoesNotMatch', 'The signature is not the one that the key gives.');
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function canonicalQuery({ url = '/' }: IncomingMessage): string {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&');
}
