import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { HEAD_SIZE, type HyperParameters } from '../checkpoint/hyper-parameters.js';
import { readCheckpoint } from '../checkpoint/read-checkpoint.js';
import { buildEncoderGraph } from '../graphs/encoder-graph.js';
import { CROSS_TYPES, viewEncoded } from './encoded-window.js';
import type { EncodeMessage, EncoderOrder, FromEncoder, ToEncoder } from './encoder-messages.js';
import { encodedFrames, padSamples } from './encoder-input.js';
import { toBackendError } from './inference-error.js';
import { loadRuntime, type Runtime } from './runtime.js';

/**
 * Entry of the encoder's thread. Calls into ONNX Runtime block the thread that makes them: here the next windows are encoded while the engine's thread decodes
 * those before them.
 */
const order = workerData as EncoderOrder;
const port = parentPort;
if (port === null) throw new Error('The encoder runs as a worker thread.');

interface Encoder {
  readonly runtime: Runtime;
  readonly session: InferenceSession;
  readonly shape: HyperParameters;
}

async function createEncoder(): Promise<Encoder> {
  const runtime = await loadRuntime();
  const checkpoint = readCheckpoint(order.path);
  try {
    const graph = buildEncoderGraph(checkpoint, order.arithmetic);
    const { threads, device } = order;
    // The decoder has a thread of its own: waiting actively would take its core.
    const session = await runtime.createSession(graph, { threads, device, waitsActively: false });
    return { runtime, session, shape: checkpoint.hyperParameters };
  } finally {
    checkpoint.close();
  }
}

async function encode({ runtime, session, shape }: Encoder, { samples, buffer }: EncodeMessage): Promise<number> {
  const { arithmetic } = order;
  // Floats are what whisper.cpp is compared with, which always encodes the whole context.
  const frames = arithmetic === 'float' ? shape.audioContext : encodedFrames(samples.length);
  const padded = padSamples(samples, frames);
  const outputs = createOutputs(runtime, shape, { buffer, frames });
  await session.run({ samples: runtime.tensor('float32', padded, [1, padded.length]) }, outputs);
  return frames;
}

function createOutputs(
  { tensor }: Runtime,
  shape: HyperParameters,
  { buffer, frames }: { buffer: ArrayBuffer; frames: number },
): Record<string, Tensor> {
  const { textHeads } = shape;
  const { arithmetic } = order;
  const type = CROSS_TYPES[arithmetic];
  const outputs: Record<string, Tensor> = {};
  viewEncoded(buffer, { shape, arithmetic, frames }).layers.forEach((layer, index) => {
    outputs[`cross_key_${index}`] = tensor(type, layer.key, [1, textHeads, HEAD_SIZE, frames]);
    outputs[`cross_value_${index}`] = tensor(type, layer.value, [1, textHeads, frames, HEAD_SIZE]);
    if (type === 'float32') return;
    const scaleShape = [1, textHeads, 1, HEAD_SIZE];
    outputs[`cross_offset_${index}`] = tensor('int32', layer.offset, [1, textHeads, 1, frames]);
    outputs[`cross_key_scale_${index}`] = tensor('float32', layer.keyScale, scaleShape);
    outputs[`cross_value_scale_${index}`] = tensor('float32', layer.valueScale, scaleShape);
  });
  return outputs;
}

function send(message: FromEncoder, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

async function serve(): Promise<void> {
  const encoder = await createEncoder();
  let last = Promise.resolve();
  const answer = async (message: ToEncoder): Promise<void> => {
    if (message.type === 'close') {
      await encoder.session.release();
      port?.close();
      return;
    }
    const { buffer } = message;
    try {
      send({ type: 'encoded', frames: await encode(encoder, message), buffer }, [buffer]);
    } catch (error) {
      send({ type: 'failed', error: toBackendError(error).toJSON(), buffer }, [buffer]);
    }
  };
  port?.on('message', (message: ToEncoder) => {
    last = last.then(() => answer(message));
  });
  send({ type: 'ready' });
}

serve().catch((error: unknown) => send({ type: 'failed', error: toBackendError(error, order.device).toJSON() }));
