import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SESSION_VALID_SECONDS, type AccessControl } from '../access/access-control.js';
import { createFailureLimit } from '../access/failure-limit.js';
import { SESSION_COOKIE } from './authentication.js';
import { assertOwnOrigin } from './origins.js';
import { RequestProblem } from './request-problem.js';

const credentialSchema = z.union([
  z.strictObject({ token: z.string().min(1).max(200) }),
  z.strictObject({ apiKey: z.string().min(1).max(200) }),
]);

const FAILURES_MAX = 10;
const FAILURE_WINDOW_SECONDS = 15 * 60;

/** POST /auth/sign-in spends a one-time link or shows a key, and opens a session; POST /auth/sign-out ends it. */
export function registerSignInRoutes(
  app: FastifyInstance,
  options: {
    readonly access: AccessControl;
    readonly isAllowedOrigin: (origin: string) => boolean;
    /** Whether the cookie may travel over https only. */
    readonly secureCookie: boolean;
  },
): void {
  const { access, isAllowedOrigin } = options;
  const failureLimit = createFailureLimit({ failuresMax: FAILURES_MAX, windowSeconds: FAILURE_WINDOW_SECONDS });
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure: options.secureCookie } as const;

  app.post('/auth/sign-in', async (request, reply) => {
    assertOwnOrigin(request, isAllowedOrigin);
    const waitSeconds = failureLimit.waitSeconds(request.ip);
    if (waitSeconds !== undefined) {
      throw new RequestProblem(429, 'too-many-tries', `Too many failed tries. Try again in ${waitSeconds} seconds.`, {
        headers: { 'retry-after': String(waitSeconds) },
      });
    }
    const credential = credentialSchema.safeParse(request.body);
    if (!credential.success) {
      throw new RequestProblem(
        400,
        'request-invalid',
        'Send JSON with either "token" (of a sign-in link) or "apiKey".',
      );
    }
    const session = await access.signIn(credential.data);
    if (session === undefined) {
      failureLimit.failed(request.ip);
      throw new RequestProblem(
        401,
        'sign-in-failed',
        'The link or key is not valid any more. Make a new link with "vt sign-in-link", or use another key.',
      );
    }
    failureLimit.succeeded(request.ip);
    return reply
      .setCookie(SESSION_COOKIE, session, { ...cookie, maxAge: SESSION_VALID_SECONDS })
      .send({ signedIn: true });
  });

  app.post('/auth/sign-out', async (request, reply) => {
    assertOwnOrigin(request, isAllowedOrigin);
    const session = request.cookies[SESSION_COOKIE];
    if (session !== undefined) await access.signOut(session);
    return reply.clearCookie(SESSION_COOKIE, cookie).send({ signedIn: false });
  });
}
