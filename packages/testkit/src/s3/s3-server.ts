import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { answerRequest } from './answer-request.js';
import { createObjectFiles } from './object-files.js';
import { S3Refusal } from './s3-refusal.js';

export interface S3Server {
  /** What a client of this server is configured with. */
  readonly settings: {
    readonly endpoint: string;
    readonly region: string;
    readonly bucket: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** The same, as the environment of our programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called with each request before it is looked at; true: it has been answered, or cut. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** How many requests were refused because their signature was wrong. */
  readonly refusedSignatures: number;
  close(): Promise<void>;
}

/**
 * An object storage on the loopback address for tests: the requests that our storage makes, with signatures (version 4), content hashes, ranges, multipart uploads and
 * the least size of a part checked as Amazon S3 checks them. Objects are files below the directory.
 */
export async function startS3Server({ directory, port = 0 }: { directory: string; port?: number }): Promise<S3Server> {
  const bucket = 'voice';
  const region = 'test-1';
  const credentials = { accessKeyId: 'TESTKEY', secretAccessKey: randomBytes(24).toString('base64url') };
  await mkdir(join(directory, 'objects'), { recursive: true });
  const files = createObjectFiles(directory);
  let refusedSignatures = 0;
  const server = createServer((request, response) => {
    if (state.intercept?.(request, response) === true) return;
    answerRequest(request, response, { bucket, region, credentials, files }).catch((error: unknown) => {
      if (error instanceof S3Refusal && error.code === 'SignatureDoesNotMatch') refusedSignatures += 1;
      refuse(request, response, error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const state: S3Server = {
    settings: { endpoint, region, bucket, credentials },
    environment: {
      STORAGE: 's3',
      S3_ENDPOINT: endpoint,
      S3_REGION: region,
      S3_BUCKET: bucket,
      S3_ACCESS_KEY_ID: credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    intercept: undefined,
    get refusedSignatures() {
      return refusedSignatures;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // The rest of a body that nobody reads would keep the connection busy.
  request.resume();
  if (response.headersSent) return void response.destroy();
  const { status, code, message } =
    error instanceof S3Refusal ? error : new S3Refusal(500, 'InternalError', String(error));
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
