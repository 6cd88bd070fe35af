import { inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { auditEntries } from '../schema/index.js';

export type AuditEntryRow = typeof auditEntries.$inferSelect;
export type NewAuditEntry = Omit<typeof auditEntries.$inferInsert, 'id' | 'at'>;

export async function insertAuditEntry(db: Queryable, entry: NewAuditEntry): Promise<void> {
  await db.insert(auditEntries).values(entry);
}

/** Place in the log, newest first; microseconds as text, because a JavaScript date would lose them. */
export interface AuditCursor {
  readonly at: string;
  readonly id: string;
}

export async function listAuditEntries(
  db: Queryable,
  { after, limit }: { readonly after?: AuditCursor | undefined; readonly limit: number },
): Promise<{ readonly entry: AuditEntryRow; readonly cursor: AuditCursor }[]> {
  const rows = await db
    .select({
      entry: auditEntries,
      at: sql<string>`to_char(${auditEntries.at} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    })
    .from(auditEntries)
    .where(after && sql`(${auditEntries.at}, ${auditEntries.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`)
    .orderBy(sql`${auditEntries.at} desc nulls last, ${auditEntries.id} desc nulls last`)
    .limit(limit);
  return rows.map(({ entry, at }) => ({ entry, cursor: { at, id: entry.id } }));
}

export async function findAuditEntries(
  db: Queryable,
  args: { readonly ids: readonly string[] },
): Promise<AuditEntryRow[]> {
  return db
    .select()
    .from(auditEntries)
    .where(inArray(auditEntries.id, [...args.ids]));
}
