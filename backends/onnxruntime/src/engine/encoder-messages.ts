import type { BackendErrorJson, Device } from '@voice-transcriber/backend-sdk';
import type { Arithmetic } from '../graphs/graph-context.js';

/** What the encoder's thread is started with. */
export interface EncoderOrder {
  readonly path: string;
  readonly threads: number;
  readonly device: Device;
  readonly arithmetic: Arithmetic;
}

/** To the thread. The samples stay the sender's; `buffer` wanders to and fro, so that none is made anew for each window. */
export interface EncodeMessage {
  readonly type: 'encode';
  readonly samples: Float32Array;
  readonly buffer: ArrayBuffer;
}

export type ToEncoder = EncodeMessage | { readonly type: 'close' };

/** From the thread: once `ready` or `failed`; then an answer to each message, in order. */
export type FromEncoder =
  | { readonly type: 'ready' }
  | { readonly type: 'encoded'; readonly frames: number; readonly buffer: ArrayBuffer }
  | { readonly type: 'failed'; readonly error: BackendErrorJson; readonly buffer?: ArrayBuffer };
