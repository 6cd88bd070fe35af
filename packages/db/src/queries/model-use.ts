import { and, eq, notInArray, or, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { TERMINAL_STATES, transcriptions } from '../schema/index.js';

/** How many transcriptions that have not ended run on a model or asked for it. */
export async function countOpenTranscriptionsOf(db: Queryable, args: { readonly model: string }): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(transcriptions)
    .where(
      and(
        notInArray(transcriptions.state, [...TERMINAL_STATES]),
        or(eq(transcriptions.model, args.model), eq(transcriptions.requestedModel, args.model)),
      ),
    );
  return row?.count ?? 0;
}
