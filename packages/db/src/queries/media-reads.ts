import { asc, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { media } from '../schema/index.js';

export type MediaRow = typeof media.$inferSelect;

export async function findMedia(db: Queryable, args: { readonly ids: readonly string[] }): Promise<MediaRow[]> {
  return db
    .select()
    .from(media)
    .where(inArray(media.id, [...args.ids]));
}

/** The oldest row with this content: its blob serves new uploads of the same bytes. */
export async function findMediaByContent(
  db: Queryable,
  args: { readonly sha256: string },
): Promise<MediaRow | undefined> {
  const [row] = await db
    .select()
    .from(media)
    .where(eq(media.sha256, args.sha256))
    .orderBy(asc(media.createdAt))
    .limit(1);
  return row;
}
