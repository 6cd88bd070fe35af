import { desc, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { modelPulls } from '../schema/index.js';

export type ModelPullRow = typeof modelPulls.$inferSelect;

/** Newest first. */
export async function listModelPulls(
  db: Queryable,
  args: { readonly activeOnly: boolean; readonly limit: number },
): Promise<ModelPullRow[]> {
  return db
    .select()
    .from(modelPulls)
    .where(args.activeOnly ? inArray(modelPulls.state, ['queued', 'running']) : undefined)
    .orderBy(desc(modelPulls.createdAt), desc(modelPulls.id))
    .limit(args.limit);
}

/** Those that changed in the last seconds, on the database's clock. */
export async function listChangedModelPulls(
  db: Queryable,
  args: { readonly seconds: number; readonly limit: number },
): Promise<ModelPullRow[]> {
  return db
    .select()
    .from(modelPulls)
    .where(sql`${modelPulls.updatedAt} > now() - make_interval(secs => ${args.seconds}::float8)`)
    .orderBy(desc(modelPulls.updatedAt))
    .limit(args.limit);
}

export async function findModelPulls(
  db: Queryable,
  args: { readonly ids: readonly string[] },
): Promise<ModelPullRow[]> {
  return db
    .select()
    .from(modelPulls)
    .where(inArray(modelPulls.id, [...args.ids]));
}

/** The newest pull of each model that was ever pulled. */
export async function findLatestModelPulls(
  db: Queryable,
  args: { readonly models: readonly string[] },
): Promise<ModelPullRow[]> {
  return db
    .selectDistinctOn([modelPulls.model])
    .from(modelPulls)
    .where(inArray(modelPulls.model, [...args.models]))
    .orderBy(modelPulls.model, desc(modelPulls.createdAt));
}
