export type OutboundErrorCode =
  'url-invalid' | 'address-refused' | 'name-unknown' | 'redirects-too-many' | 'deadline-exceeded' | 'connection-failed';

/** Why a request to the outside was not made, or got no answer. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';

  readonly code: OutboundErrorCode;

  /** `message` says what to do. */
  constructor(code: OutboundErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
