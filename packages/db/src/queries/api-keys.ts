import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { apiKeys, type ApiKeyScope } from '../schema/index.js';

export type ApiKeyRow = typeof apiKeys.$inferSelect;

export async function insertApiKey(
  db: Queryable,
  args: {
    readonly name: string;
    readonly prefix: string;
    readonly hmac: string;
    readonly scope: ApiKeyScope;
    readonly expiresAt?: Date;
  },
): Promise<ApiKeyRow> {
  const [row] = await db.insert(apiKeys).values(args).returning();
  if (row === undefined) throw new Error('The inserted API key did not come back.');
  return row;
}

/** The key, if it may be used now: neither revoked nor expired on the database's clock. */
export async function findUsableApiKey(db: Queryable, args: { readonly hmac: string }): Promise<ApiKeyRow | undefined> {
  const [row] = await db
    .select()
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.hmac, args.hmac),
        isNull(apiKeys.revokedAt),
        sql`(${apiKeys.expiresAt} is null or ${apiKeys.expiresAt} > now())`,
      ),
    );
  return row;
}

export async function findApiKeys(db: Queryable, args: { readonly ids: readonly string[] }): Promise<ApiKeyRow[]> {
  return db
    .select()
    .from(apiKeys)
    .where(inArray(apiKeys.id, [...args.ids]));
}

/** Newest first. */
export async function listApiKeys(db: Queryable): Promise<ApiKeyRow[]> {
  return db.select().from(apiKeys).orderBy(desc(apiKeys.createdAt));
}

/** Revokes; a second time changes nothing. Undefined when there is no such key. */
export async function revokeApiKey(db: Queryable, args: { readonly id: string }): Promise<ApiKeyRow | undefined> {
  const [row] = await db
    .update(apiKeys)
    .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, now())` })
    .where(eq(apiKeys.id, args.id))
    .returning();
  return row;
}

/**
 * Lets a valid key end after a while, or when it would have anyhow. Undefined when there is none. `lifetimeSeconds` is how long it was made for; null = for ever.
 */
export async function beginApiKeyEnd(
  db: Queryable,
  args: { readonly id: string; readonly overlapSeconds: number },
): Promise<{ readonly replaced: ApiKeyRow; readonly lifetimeSeconds: number | null } | undefined> {
  const usable = and(
    eq(apiKeys.id, args.id),
    isNull(apiKeys.revokedAt),
    sql`(${apiKeys.expiresAt} is null or ${apiKeys.expiresAt} > now())`,
  );
  const [before] = await db.select().from(apiKeys).where(usable).for('update');
  if (before === undefined) return undefined;
  const [replaced] = await db
    .update(apiKeys)
    .set({ expiresAt: sql`least(${apiKeys.expiresAt}, now() + ${args.overlapSeconds}::float8 * interval '1 second')` })
    .where(usable)
    .returning();
  if (replaced === undefined) return undefined;
  const { expiresAt, createdAt } = before;
  return { replaced, lifetimeSeconds: expiresAt === null ? null : (expiresAt.getTime() - createdAt.getTime()) / 1000 };
}

/** Notes the use, at most once a minute per key, so that busy clients do not write with every request. */
export async function touchApiKey(db: Queryable, args: { readonly id: string }): Promise<void> {
  await db
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(
        eq(apiKeys.id, args.id),
        sql`(${apiKeys.lastUsedAt} is null or ${apiKeys.lastUsedAt} < now() - interval '1 minute')`,
      ),
    );
}
