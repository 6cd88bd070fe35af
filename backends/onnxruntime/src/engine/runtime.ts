import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '@voice-transcriber/backend-sdk';
import { cudaIndex } from '../cuda.js';
import type { OnnxModel } from '../onnx/onnx-graph.js';

type TensorData = Float32Array | Int32Array | Int8Array | Uint8Array | BigInt64Array;
type TensorType = 'float32' | 'int32' | 'int8' | 'uint8' | 'int64';

export interface RuntimeSessionOptions {
  readonly threads: number;
  /** Default: the processor. */
  readonly device?: Device;
  /** Whether the library's threads burn processor time while they wait for work: faster where nobody else wants the cores. */
  readonly waitsActively?: boolean;
}

/** ONNX Runtime behind the few calls that the engine makes, so that importing this package does not load native code. */
export interface Runtime {
  readonly version: string;
  /** Wraps memory without copying it. */
  readonly tensor: (type: TensorType, data: TensorData, shape: readonly number[]) => Tensor;
  createSession(model: OnnxModel, options: RuntimeSessionOptions): Promise<InferenceSession>;
}

/** Loads the native library. Throws what the library throws when it does not run here. */
export async function loadRuntime(): Promise<Runtime> {
  const { default: library } = await import('onnxruntime-node');
  return {
    version: library.env.versions.node ?? library.env.versions.common,
    tensor: (type, data, shape) => new library.Tensor(type, data, shape),
    createSession: ({ graph, weights }, { threads, device, waitsActively = true }) =>
      library.InferenceSession.create(graph, {
        externalData: weights.map(({ path, data }) => ({ path, data })),
        executionProviders: device?.kind === 'cuda' ? [{ name: 'cuda', deviceId: cudaIndex(device) }, 'cpu'] : ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        // Higher levels fuse the operators of these graphs into slower ones.
        graphOptimizationLevel: 'basic',
        logSeverityLevel: 3,
        extra: { 'session.intra_op.allow_spinning': waitsActively ? '1' : '0' },
      }),
  };
}
