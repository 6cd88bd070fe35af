import { API_KEY_SCOPES, type ApiKeyScope } from '@voice-transcriber/db';

/** Who is asking. */
export interface Viewer {
  readonly name: string;
  readonly scope: ApiKeyScope;
  /** The key that was shown, or that opened the session; undefined for a session opened by a link. */
  readonly apiKeyId: string | undefined;
  /** A cookie is sent by the browser whether the page may or not, so it needs the origin check. */
  readonly by: 'api-key' | 'session';
}

/** Whether the viewer may do what needs `scope`: each scope includes the ones before it. */
export function hasScope(viewer: Viewer, scope: ApiKeyScope): boolean {
  return API_KEY_SCOPES.indexOf(viewer.scope) >= API_KEY_SCOPES.indexOf(scope);
}
