import { inArray } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { media } from '../schema/index.js';

export type MediaRow = typeof media.$inferSelect;

export async function findMedia(db: Queryable, args: { readonly ids: readonly string[] }): Promise<MediaRow[]> {
  return db
    .select()
    .from(media)
    .where(inArray(media.id, [...args.ids]));
}
