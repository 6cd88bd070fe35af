/** What the caller may do after a failure: nothing, the same again here, or the same on another backend or device. */
export type RetryAdvice = 'never' | 'here' | 'elsewhere';

/** Every way a backend fails, as far as the rest of the system needs to tell them apart. */
export const BACKEND_ERROR_CODES = [
  'model-missing',
  'model-corrupt',
  'model-unsupported',
  'backend-unavailable',
  'device-unavailable',
  'out-of-memory',
  'process-crashed',
  'process-hung',
  'protocol-violated',
  'inference-failed',
  'request-unsupported',
  'cancelled',
] as const;
export type BackendErrorCode = (typeof BACKEND_ERROR_CODES)[number];

export interface BackendErrorJson {
  readonly name: 'BackendError';
  readonly code: BackendErrorCode;
  readonly message: string;
  readonly retry: RetryAdvice;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The one error type of the contract. It crosses the process border as JSON and comes back equal. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly code: BackendErrorCode;
  readonly retry: RetryAdvice;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: BackendErrorCode,
    message: string,
    options: { retry: RetryAdvice; details?: Record<string, unknown>; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry;
    this.details = options.details ?? {};
  }

  toJSON(): BackendErrorJson {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      retry: this.retry,
      details: this.details,
    };
  }

  /** Rebuilds an error that came over the process border; anything malformed becomes `protocol-violated`. */
  static fromJSON(value: unknown): BackendError {
    if (isBackendErrorJson(value)) {
      return new BackendError(value.code, value.message, {
        retry: value.retry,
        details: value.details,
      });
    }
    return new BackendError('protocol-violated', 'The inference process sent a malformed error.', {
      retry: 'here',
    });
  }
}

function isBackendErrorJson(value: unknown): value is BackendErrorJson {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Record<string, unknown>;
  return (
    candidate['name'] === 'BackendError' &&
    BACKEND_ERROR_CODES.includes(candidate['code'] as BackendErrorCode) &&
    typeof candidate['message'] === 'string' &&
    ['never', 'here', 'elsewhere'].includes(candidate['retry'] as string) &&
    typeof candidate['details'] === 'object' &&
    candidate['details'] !== null
  );
}
