import type { FastifyReply } from 'fastify';

/** Failures told at the top level: authentication, limits, bugs. Failures that a client expects are types of the schema. */
export const REQUEST_PROBLEM_CODES = [
  'unauthenticated',
  'forbidden',
  'origin-refused',
  'not-found',
  'request-invalid',
  'request-too-large',
  'media-type-unsupported',
  'sign-in-failed',
  'too-many-tries',
  'uploads-busy',
  'file-too-large',
  'disk-full',
  'upload-stalled',
  'range-invalid',
  'shutting-down',
  'internal-error',
] as const;
export type RequestProblemCode = (typeof REQUEST_PROBLEM_CODES)[number];

/** Refuses a request as a whole. `message` says what to do. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';
  readonly code: RequestProblemCode;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    statusCode: number,
    code: RequestProblemCode,
    message: string,
    options: { headers?: Record<string, string>; details?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.headers = options.headers ?? {};
    this.details = options.details ?? {};
  }
}

/** Every route answers failures in the form of GraphQL errors, so that clients read one form. */
export function sendProblem(reply: FastifyReply, problem: RequestProblem): FastifyReply {
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type('application/json; charset=utf-8')
    .send({
      errors: [
        {
          message: problem.message,
          extensions: { ...problem.details, code: problem.code, requestId: reply.request.id },
        },
      ],
    });
}
