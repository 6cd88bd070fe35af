/** Where an inference process finds a backend. */
export interface BackendSource {
  readonly name: string;
  readonly moduleUrl: string;
}

/**
 * The one place in the product that names backends. Only addresses: nothing native is loaded into this process. While nothing was measured
 * on a machine the first one that is available is taken: ONNX Runtime is prebuilt and the faster one wherever both were measured.
 */
export const BUILT_IN_BACKENDS: readonly BackendSource[] = [
  { name: 'onnxruntime', moduleUrl: import.meta.resolve('@voice-transcriber/backend-onnxruntime') },
  { name: 'smart-whisper', moduleUrl: import.meta.resolve('@voice-transcriber/backend-smart-whisper') },
];
