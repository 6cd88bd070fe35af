import type { FastifyRequest } from 'fastify';
import type { ApiKeyScope } from '@voice-transcriber/db';
import type { AccessControl } from '../access/access-control.js';
import { hasScope, type Viewer } from '../access/viewer.js';
import { RequestProblem } from './request-problem.js';

export const SESSION_COOKIE = 'vt_session';

const BEARER = /^Bearer +(\S+)$/i;

/** What a request shows of itself. */
export interface Credentials {
  /** As in the header: `Bearer vt_…`. */
  readonly authorization: string | undefined;
  /** The session cookie's value. */
  readonly session: string | undefined;
}

export function credentialsOf({ headers, cookies }: FastifyRequest): Credentials {
  return { authorization: headers.authorization, session: cookies[SESSION_COOKIE] };
}

/** Finds out who is asking; throws `unauthenticated`. A key that is shown counts alone: a cookie beside it is not looked at. */
export async function authenticate({ authorization, session }: Credentials, access: AccessControl): Promise<Viewer> {
  if (authorization !== undefined) {
    const apiKey = BEARER.exec(authorization)?.[1];
    const viewer = apiKey === undefined ? undefined : await access.findViewerByApiKey(apiKey);
    if (viewer !== undefined) return viewer;
    throw unauthenticated('The API key is not valid: mistyped, expired or revoked. Make a new one in the console.');
  }
  const viewer = session === undefined ? undefined : await access.findViewerBySession(session);
  if (viewer !== undefined) return viewer;
  throw unauthenticated('Send an API key as "Authorization: Bearer vt_…", or sign in to the console.');
}

export function assertScope(viewer: Viewer, scope: ApiKeyScope): void {
  if (hasScope(viewer, scope)) return;
  throw new RequestProblem(
    403,
    'forbidden',
    `This needs a key with the scope "${scope}"; yours has "${viewer.scope}". Ask an administrator for one.`,
  );
}

function unauthenticated(message: string): RequestProblem {
  return new RequestProblem(401, 'unauthenticated', message, { headers: { 'www-authenticate': 'Bearer' } });
}
