import { defineBackend } from '@voice-transcriber/backend-sdk';
import { fit } from './fit.js';
import { probe } from './probe.js';

/** Whisper on ONNX Runtime: graphs of our own, 8-bit arithmetic, many windows decoded at once. */
const onnxruntimeBackend = defineBackend({
  specVersion: 1,
  name: 'onnxruntime',
  probe,
  fit,
  async load(files, options) {
    const { loadModel } = await import('./load-model.js');
    return loadModel(files, options);
  },
});

export { onnxruntimeBackend };
export default onnxruntimeBackend;
