import {
  deleteExpiredSessions,
  deleteSession,
  findUsableApiKey,
  findUsableSession,
  getSharedSecret,
  insertApiKey,
  insertSession,
  spendSignInLink,
  touchApiKey,
  type ApiKeyRow,
  type ApiKeyScope,
  type Orm,
  type Queryable,
} from '@voice-transcriber/db';
import { createApiKeySecret, createToken, hmacOf, isWellFormedApiKey } from './api-key-format.js';
import type { Viewer } from './viewer.js';

export const SESSION_VALID_SECONDS = 30 * 24 * 3600;
export const SIGN_IN_LINK_VALID_SECONDS = 24 * 3600;

export interface AccessControl {
  findViewerByApiKey(apiKey: string): Promise<Viewer | undefined>;
  findViewerBySession(token: string): Promise<Viewer | undefined>;
  /** Inside a transaction, when one is given. */
  createApiKey(
    args: { name: string; scope: ApiKeyScope; expiresAt?: Date },
    db?: Queryable,
  ): Promise<{ apiKey: ApiKeyRow; secret: string }>;
  /** One-time: whoever shows the token first gets a session. */
  createSignInLink(args: { scope: ApiKeyScope }): Promise<{ token: string; expiresAt: Date }>;
  /** Session token, or undefined when the link or key is not valid. */
  signIn(credential: { token: string } | { apiKey: string }): Promise<string | undefined>;
  signOut(sessionToken: string): Promise<void>;
}

/** Keys, sessions and sign-in links. The database holds only their HMACs. */
export async function createAccessControl({ orm }: { orm: Orm }): Promise<AccessControl> {
  const secret = await getSharedSecret(orm);

  async function findKey(apiKey: string): Promise<ApiKeyRow | undefined> {
    if (!isWellFormedApiKey(apiKey)) return undefined;
    const row = await findUsableApiKey(orm, { hmac: hmacOf(secret, apiKey) });
    if (row !== undefined && isDue(row.lastUsedAt)) await touchApiKey(orm, { id: row.id });
    return row;
  }

  async function openSession(args: { scope: ApiKeyScope; apiKeyId?: string }): Promise<string> {
    const token = createToken();
    await deleteExpiredSessions(orm);
    await insertSession(orm, {
      ...args,
      kind: 'session',
      hmac: hmacOf(secret, token),
      validSeconds: SESSION_VALID_SECONDS,
    });
    return token;
  }

  return {
    async findViewerByApiKey(apiKey) {
      const row = await findKey(apiKey);
      return row && { name: row.name, scope: row.scope, apiKeyId: row.id, by: 'api-key' };
    },
    async findViewerBySession(token) {
      const session = await findUsableSession(orm, { hmac: hmacOf(secret, token) });
      return (
        session && {
          name: session.apiKeyName ?? 'Console',
          scope: session.scope,
          apiKeyId: session.apiKeyId ?? undefined,
          by: 'session',
        }
      );
    },
    async createApiKey({ name, scope, expiresAt }, db = orm) {
      const { secret: keySecret, prefix } = createApiKeySecret();
      const apiKey = await insertApiKey(db, {
        name,
        scope,
        prefix,
        hmac: hmacOf(secret, keySecret),
        ...(expiresAt && { expiresAt }),
      });
      return { apiKey, secret: keySecret };
    },
    async createSignInLink({ scope }) {
      const token = createToken();
      const { expiresAt } = await insertSession(orm, {
        kind: 'sign-in-link',
        hmac: hmacOf(secret, token),
        scope,
        validSeconds: SIGN_IN_LINK_VALID_SECONDS,
      });
      return { token, expiresAt };
    },
    async signIn(credential) {
      if ('token' in credential) {
        const link = await spendSignInLink(orm, { hmac: hmacOf(secret, credential.token) });
        return link && openSession({ scope: link.scope });
      }
      const key = await findKey(credential.apiKey);
      return key && openSession({ scope: key.scope, apiKeyId: key.id });
    },
    async signOut(sessionToken) {
      await deleteSession(orm, { hmac: hmacOf(secret, sessionToken) });
    },
  };
}

function isDue(lastUsedAt: Date | null): boolean {
  return lastUsedAt === null || Date.now() - lastUsedAt.getTime() > 60_000;
}
