import { BackendError } from '@voice-transcriber/backend-sdk';

/** One message of the protocol between host and inference process: JSON, and raw bytes beside it (audio samples). */
export interface Frame {
  readonly message: unknown;
  readonly payload: Buffer;
}

const MAGIC = 0x56544631;
const HEADER_BYTES = 12;
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
const PAYLOAD_BYTES_MAX = 256 * 1024 * 1024;

/** Header: magic, length of the JSON, length of the payload; each an unsigned 32-bit big-endian number. */
export function encodeFrame(message: unknown, payload: Uint8Array = new Uint8Array(0)): Buffer[] {
  const json = Buffer.from(JSON.stringify(message), 'utf8');
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(json.length, 4);
  header.writeUInt32BE(payload.byteLength, 8);
  return [header, json, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)];
}

/** Cuts a byte stream into frames. Native code can write anything into the pipe, so every field is checked before it is believed. */
export class FrameDecoder {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** Takes the next bytes, returns the frames that are complete now. Throws BackendError `protocol-violated`; the stream is useless after that. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#bytes < HEADER_BYTES) return undefined;
    const header = this.#peek(HEADER_BYTES);
    const jsonBytes = header.readUInt32BE(4);
    const payloadBytes = header.readUInt32BE(8);
    if (header.readUInt32BE(0) !== MAGIC) throw violated('bytes that are no frame');
    if (jsonBytes > MESSAGE_BYTES_MAX || payloadBytes > PAYLOAD_BYTES_MAX) throw violated('a frame beyond all bounds');
    const frameBytes = HEADER_BYTES + jsonBytes + payloadBytes;
    if (this.#bytes < frameBytes) return undefined;
    const frame = this.#peek(frameBytes);
    this.#drop(frameBytes);
    return {
      message: parseJson(frame.toString('utf8', HEADER_BYTES, HEADER_BYTES + jsonBytes)),
      payload: frame.subarray(HEADER_BYTES + jsonBytes),
    };
  }

  /** The first bytes as one buffer; chunks are joined only when they have to be. */
  #peek(bytes: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= bytes) return first.subarray(0, bytes);
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined.subarray(0, bytes);
  }

  #drop(bytes: number): void {
    const [first = Buffer.alloc(0), ...rest] = this.#chunks;
    this.#chunks = first.length > bytes ? [first.subarray(bytes), ...rest] : rest;
    this.#bytes -= bytes;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw violated('a message that is no JSON');
  }
}

export function violated(what: string): BackendError {
  return new BackendError(
    'protocol-violated',
    `The inference process sent ${what}. It was ended; the window can be tried again.`,
    {
      retry: 'here',
    },
  );
}

/** The samples of windows that go inside together, as the payload of one frame. */
export function joinSamples(windows: readonly { readonly samples: Float32Array }[]): Uint8Array {
  const joined = new Float32Array(windows.reduce((total, { samples }) => total + samples.length, 0));
  let at = 0;
  for (const { samples } of windows) {
    joined.set(samples, at);
    at += samples.length;
  }
  return new Uint8Array(joined.buffer);
}
