import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { waitFor } from '@voice-transcriber/testkit';
import { query, responseOf, type Api } from '../api/requests.js';

/** An upload by the tus protocol, request by request. */
export interface PieceUpload {
  readonly id: string;
  /** Sends bytes from the offset on; resolves with the headers of the answer. */
  send(content: Buffer, offset: number): Promise<IncomingHttpHeaders>;
  /** Sends some of the bytes that were announced, and breaks the connection. */
  sendAndBreak(content: Buffer, offset: number, bytes: number): Promise<void>;
  /** What the servers have, once it is at least `bytes`. */
  offsetOf(bytes: number): Promise<number>;
}

export async function beginUpload(api: Api, sizeBytes: number): Promise<PieceUpload> {
  const document = `mutation ($size: SafeInt!) { createUpload(input: { filename: "meeting.wav", sizeBytes: $size }) {
    ... on CreateUploadPayload { upload { id uploadPath } } } }`;
  const { json } = await query(api, document, { size: sizeBytes });
  const { id, uploadPath } = json.data.createUpload.upload as { id: string; uploadPath: string };
  const open = (method: string, headers: Record<string, string>) =>
    httpRequest(`${api.apiUrl}${uploadPath}`, {
      method,
      agent: false,
      headers: { authorization: `Bearer ${api.apiKey}`, 'tus-resumable': '1.0.0', ...headers },
    });
  const patch = (content: Buffer, offset: number) =>
    open('PATCH', {
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(offset),
      'content-length': String(content.length),
    });
  return {
    id,
    async send(content, offset) {
      const request = patch(content, offset);
      request.end(content);
      const response = await responseOf(request);
      response.resume();
      if (response.statusCode !== 204) throw new Error(`The piece was answered with ${String(response.statusCode)}.`);
      return response.headers;
    },
    async sendAndBreak(content, offset, bytes) {
      const request = patch(content, offset);
      request.on('error', () => undefined);
      await new Promise((resolve) => request.write(content.subarray(0, bytes), resolve));
      request.destroy();
    },
    offsetOf: (bytes) =>
      waitFor(
        async () => {
          const request = open('HEAD', {});
          request.end();
          const response = await responseOf(request);
          response.resume();
          const offset = Number(response.headers['upload-offset']);
          return offset >= bytes ? offset : undefined;
        },
        { timeoutMilliseconds: 10_000, what: `the servers to have ${String(bytes)} bytes` },
      ),
  };
}

const ROUNDS_MAX = 16;

/**
 * Sends the file in fortieths, breaking each first try off, until two instances took part: which one is next is for the proxy to say. Resolves with the
 * instances that were seen and with what is to be sent from there on.
 */
export async function sendBrokenPieces(
  api: Api,
  pieces: PieceUpload,
  file: Buffer,
): Promise<{ readonly seen: ReadonlySet<string>; readonly offset: number }> {
  const seen = new Set<string>();
  const step = Math.floor(file.length / 40);
  let offset = 0;
  for (let round = 0; round < ROUNDS_MAX && (round < 3 || seen.size < 2); round += 1) {
    await pieces.sendAndBreak(file.subarray(offset), offset, step);
    offset = await pieces.offsetOf(offset + 1);
    const headers = await pieces.send(file.subarray(offset, offset + step), offset);
    offset = Number(headers['upload-offset']);
    seen.add(String(headers['x-instance-id']));
    // Another request in between, so that the next piece does not come to the same instance every time.
    await query(api, '{ viewer { name } }');
  }
  return { seen, offset };
}
