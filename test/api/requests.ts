import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { waveHeader } from '@voice-transcriber/testkit';

/** Raw HTTP, so that tests decide about every header and byte. */
export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  json: GraphqlResponse;
}

export interface GraphqlResponse {
  // Tests look into answers of many shapes.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data?: any;
  errors?: { message: string; extensions: { code: string; requestId: string } & Record<string, unknown> }[];
}

export interface RawRequest {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export async function send({ url, method = 'GET', headers = {}, body }: RawRequest): Promise<RawResponse> {
  const request = httpRequest(url, { method, headers, agent: false });
  request.end(body);
  return readResponse(await responseOf(request));
}

export function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
}

export async function readResponse(response: IncomingMessage): Promise<RawResponse> {
  const body = await text(response);
  let json: GraphqlResponse = {};
  try {
    json = JSON.parse(body) as GraphqlResponse;
  } catch {
    // Not every answer is JSON.
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body, json };
}

export interface Api {
  apiUrl: string;
  apiKey: string;
}

export function query(
  { apiUrl, apiKey }: Api,
  document: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<RawResponse> {
  return send({
    url: `${apiUrl}/graphql`,
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: document, variables }),
  });
}

export const CREATE = `mutation ($input: CreateTranscriptionInput!) {
  createTranscription(input: $input) {
    __typename
    ... on Error { code message }
    ... on UploadError { maxFileBytes }
    ... on InvalidInputError { field }
    ... on CreateTranscriptionPayload { existing transcription { id state media { id sha256 filename } } }
  }
}`;

const BOUNDARY = 'test-boundary-7d2f';

export interface MultipartOptions {
  file: Buffer;
  filename?: string;
  document?: string;
  input?: Record<string, unknown>;
}

/** The parts of a GraphQL multipart request; `head` ends where the file's bytes begin. */
export function multipart({ file, filename = 'recording.wav', document = CREATE, input = {} }: MultipartOptions): {
  head: Buffer;
  file: Buffer;
  tail: Buffer;
  contentType: string;
} {
  const part = (name: string, value: string): string =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const operations = JSON.stringify({ query: document, variables: { input: { ...input, file: null } } });
  const head =
    part('operations', operations) +
    part('map', JSON.stringify({ 0: ['variables.input.file'] })) +
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="0"; filename="${filename}"\r\n` +
    'content-type: application/octet-stream\r\n\r\n';
  return {
    head: Buffer.from(head),
    file,
    tail: Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
  };
}

export function upload(
  { apiUrl, apiKey }: Api,
  options: MultipartOptions,
  headers: Record<string, string> = {},
): Promise<RawResponse> {
  const { head, file, tail, contentType } = multipart(options);
  return send({
    url: `${apiUrl}/graphql`,
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': contentType, ...headers },
    body: Buffer.concat([head, file, tail]),
  });
}

/** A multipart request whose body the test writes itself. */
export function openUpload(
  { apiUrl, apiKey }: Api,
  { contentType }: { contentType: string },
  headers: Record<string, string> = {},
): ClientRequest {
  return httpRequest(`${apiUrl}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': contentType, ...headers },
  });
}

/** A valid WAV file of 16-bit mono silence with a marker, so that files of equal length differ. */
export function wavFile(seconds: number, marker = 0): Buffer {
  const sampleRateHz = 8000;
  const data = Buffer.alloc(Math.round(seconds * sampleRateHz) * 2);
  data.writeInt32LE(marker, 0);
  return Buffer.concat([waveHeader({ dataBytes: data.length, sampleRateHz }), data]);
}
