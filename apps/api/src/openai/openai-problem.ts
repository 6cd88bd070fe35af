import type { FastifyReply } from 'fastify';
import { RequestProblem } from '../http/request-problem.js';
import type { UploadFailure } from '../intake/upload-failure.js';

/** A failure in the form that clients of OpenAI's API read. */
export class OpenAiProblem extends Error {
  override readonly name = 'OpenAiProblem';
  readonly statusCode: number;
  readonly type: 'invalid_request_error' | 'authentication_error' | 'permission_error' | 'server_error';
  readonly code: string;
  /** The form field that is wrong. */
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    statusCode: number,
    code: string,
    message: string,
    options: { readonly param?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.statusCode = statusCode;
    this.type = typeOf(statusCode);
    this.code = code;
    this.param = options.param ?? null;
    this.headers = options.headers ?? {};
  }
}

function typeOf(statusCode: number): OpenAiProblem['type'] {
  if (statusCode === 401) return 'authentication_error';
  if (statusCode === 403) return 'permission_error';
  return statusCode >= 500 ? 'server_error' : 'invalid_request_error';
}

/** Codes that OpenAI's clients know; ours are sent as they are where it has none. */
const KNOWN_CODES: Readonly<Record<string, string>> = {
  unauthenticated: 'invalid_api_key',
  forbidden: 'permission_denied',
};

export function sendOpenAiProblem(error: Error & { statusCode?: number }, reply: FastifyReply): FastifyReply {
  const problem = toOpenAiProblem(error);
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .send({ error: envelope(problem) });
}

export function envelope({ message, type, param, code }: OpenAiProblem): object {
  return { message, type, param, code };
}

export function toOpenAiProblem(error: Error & { statusCode?: number }): OpenAiProblem {
  if (error instanceof OpenAiProblem) return error;
  if (error instanceof RequestProblem) {
    const { statusCode, code, message, headers } = error;
    return new OpenAiProblem(statusCode, KNOWN_CODES[code] ?? code, message, { headers });
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new OpenAiProblem(error.statusCode, 'request-invalid', error.message);
  }
  return new OpenAiProblem(500, 'internal-error', 'The server failed. Try again; if it stays so, look into its log.');
}

const UPLOAD_STATUS: Partial<Record<UploadFailure['code'], number>> = {
  'file-too-large': 413,
  'disk-full': 507,
  'upload-stalled': 408,
};

export function fromUploadFailure({ code, message }: UploadFailure): OpenAiProblem {
  return new OpenAiProblem(UPLOAD_STATUS[code] ?? 400, code, message, { param: 'file' });
}
