import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { apiKeys, sessions, type ApiKeyScope } from '../schema/index.js';

export interface UsableSession {
  readonly id: string;
  readonly scope: ApiKeyScope;
  readonly apiKeyId: string | null;
  /** Of the key that opened it; null for a session opened by a link. */
  readonly apiKeyName: string | null;
}

/** Opens a session or makes a sign-in link, valid for `validSeconds` on the database's clock. */
export async function insertSession(
  db: Queryable,
  args: {
    readonly kind: 'session' | 'sign-in-link';
    readonly hmac: string;
    readonly scope: ApiKeyScope;
    readonly apiKeyId?: string;
    readonly validSeconds: number;
  },
): Promise<{ readonly id: string; readonly expiresAt: Date }> {
  const [row] = await db
    .insert(sessions)
    .values({
      kind: args.kind,
      hmac: args.hmac,
      scope: args.scope,
      apiKeyId: args.apiKeyId ?? null,
      expiresAt: sql`now() + make_interval(secs => ${args.validSeconds})`,
    })
    .returning({ id: sessions.id, expiresAt: sessions.expiresAt });
  if (row === undefined) throw new Error('The inserted session did not come back.');
  return row;
}

/** The session, unless it is over or the key that opened it is revoked or expired. */
export async function findUsableSession(
  db: Queryable,
  args: { readonly hmac: string },
): Promise<UsableSession | undefined> {
  const [row] = await db
    .select({
      id: sessions.id,
      scope: sessions.scope,
      apiKeyId: sessions.apiKeyId,
      apiKeyName: apiKeys.name,
    })
    .from(sessions)
    .leftJoin(apiKeys, eq(apiKeys.id, sessions.apiKeyId))
    .where(
      and(
        eq(sessions.hmac, args.hmac),
        eq(sessions.kind, 'session'),
        sql`${sessions.expiresAt} > now()`,
        or(
          isNull(sessions.apiKeyId),
          and(isNull(apiKeys.revokedAt), sql`(${apiKeys.expiresAt} is null or ${apiKeys.expiresAt} > now())`),
        ),
      ),
    );
  return row;
}

/** Spends a sign-in link: of any number of simultaneous tries one gets its scope, the others undefined. */
export async function spendSignInLink(
  db: Queryable,
  args: { readonly hmac: string },
): Promise<{ readonly scope: ApiKeyScope } | undefined> {
  const [row] = await db
    .update(sessions)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(sessions.hmac, args.hmac),
        eq(sessions.kind, 'sign-in-link'),
        isNull(sessions.usedAt),
        sql`${sessions.expiresAt} > now()`,
      ),
    )
    .returning({ scope: sessions.scope });
  return row;
}

export async function deleteSession(db: Queryable, args: { readonly hmac: string }): Promise<void> {
  await db.delete(sessions).where(and(eq(sessions.hmac, args.hmac), eq(sessions.kind, 'session')));
}

/** Clean-up: sessions and links that are over. */
export async function deleteExpiredSessions(db: Queryable): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, sql`now()`));
}
