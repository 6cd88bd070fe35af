import { asc, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { transcriptionPresets, type StoredPreset } from '../schema/index.js';

export type PresetRow = typeof transcriptionPresets.$inferSelect;

/** By name. */
export async function listPresets(db: Queryable): Promise<PresetRow[]> {
  return db.select().from(transcriptionPresets).orderBy(asc(transcriptionPresets.name));
}

export async function findPresets(db: Queryable, args: { readonly ids: readonly string[] }): Promise<PresetRow[]> {
  return db
    .select()
    .from(transcriptionPresets)
    .where(inArray(transcriptionPresets.id, [...args.ids]));
}

/** Undefined when the name is taken. */
export async function insertPreset(
  db: Queryable,
  args: { readonly name: string; readonly options: StoredPreset },
): Promise<PresetRow | undefined> {
  const [row] = await db.insert(transcriptionPresets).values(args).onConflictDoNothing().returning();
  return row;
}

/** Replaces a preset. `taken` when another one has the name, undefined when there is no such preset. */
export async function updatePreset(
  db: Queryable,
  { id, name, options }: { readonly id: string; readonly name: string; readonly options: StoredPreset },
): Promise<PresetRow | 'taken' | undefined> {
  const [holder] = await db
    .select()
    .from(transcriptionPresets)
    .where(eq(transcriptionPresets.name, name))
    .for('update');
  if (holder !== undefined && holder.id !== id) return 'taken';
  const [row] = await db
    .update(transcriptionPresets)
    .set({ name, options, updatedAt: sql`now()` })
    .where(eq(transcriptionPresets.id, id))
    .returning();
  return row;
}

export async function deletePreset(db: Queryable, args: { readonly id: string }): Promise<PresetRow | undefined> {
  const [row] = await db.delete(transcriptionPresets).where(eq(transcriptionPresets.id, args.id)).returning();
  return row;
}
