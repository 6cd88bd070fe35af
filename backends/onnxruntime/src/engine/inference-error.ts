import { BackendError, type Device } from '@voice-transcriber/backend-sdk';

const OUT_OF_MEMORY = /bad_alloc|failed to allocate|out of memory|allocation failed/i;

/** The provider's library, or one that it needs, does not load; or the driver refuses. */
const PROVIDER_FAILED = /execution ?provider|providers_cuda|libcu|CUDA/i;

/** What ONNX Runtime threw, as the contract names it. */
export function toBackendError(cause: unknown, device?: Device): BackendError {
  if (cause instanceof BackendError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (OUT_OF_MEMORY.test(reason)) {
    return new BackendError('out-of-memory', 'The model needs more memory than there is. Use a smaller model.', {
      retry: 'elsewhere',
      details: { reason },
      cause,
    });
  }
  if (device !== undefined && device.kind !== 'cpu' && PROVIDER_FAILED.test(reason)) {
    return new BackendError('device-unavailable', `${device.name} cannot be used: ${reason}`, {
      retry: 'elsewhere',
      details: { reason },
      cause,
    });
  }
  return new BackendError('inference-failed', `ONNX Runtime failed: ${reason}`, {
    retry: 'elsewhere',
    details: { reason },
    cause,
  });
}
