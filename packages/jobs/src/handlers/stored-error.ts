import { BackendError } from '@voice-transcriber/backend-sdk';
import type { StoredError } from '@voice-transcriber/db';

/** The shape in which any failure is stored: typed ones keep their code, everything else is ours to explain. */
export function toStoredError(error: unknown): StoredError {
  if (error instanceof BackendError) {
    const { code, message, details } = error;
    return { code, message, ...(Object.keys(details).length > 0 ? { details: { ...details } } : {}) };
  }
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  if (error instanceof Error && typeof code === 'string' && /^[a-z]+(-[a-z]+)*$/.test(code))
    return { code, message: error.message };
  return {
    code: 'internal-error',
    message: 'Something unexpected went wrong inside the worker; its log has the details.',
    details: {
      cause: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error).slice(0, 500),
    },
  };
}
