import { sql } from 'drizzle-orm';
import { openDatabase } from '@voice-transcriber/db';
import type { TryLock } from './upload-locker.js';

/** Any constant: these locks are apart from all others. */
const LOCK_CLASS = 720_540;

/**
 * Locks of one database session, for servers that share nothing else. They are free the moment the process dies. One that is lost with its connection shows at
 * the next write: offsets are checked on every request.
 */
export function createDatabaseLocks(databaseUrl: string): { readonly tryLock: TryLock; close(): Promise<void> } {
  const db = openDatabase(databaseUrl, { isOneSession: true, applicationName: 'voice-transcriber-uploads' });
  // The session has a lock as often as it asks for it: who has it within this process is kept here.
  const held = new Set<string>();
  return {
    async tryLock(id) {
      if (held.has(id)) return undefined;
      held.add(id);
      try {
        const [row] = await db.orm.execute<{ taken: boolean }>(
          sql`select pg_try_advisory_lock(${LOCK_CLASS}::int, hashtext(${id})) as taken`,
        );
        if (row?.taken !== true) held.delete(id);
      } catch (error) {
        held.delete(id);
        throw error;
      }
      if (!held.has(id)) return undefined;
      return async () => {
        // A session that is gone has let go by itself.
        await db.orm
          .execute(sql`select pg_advisory_unlock(${LOCK_CLASS}::int, hashtext(${id}))`)
          .catch(() => undefined);
        held.delete(id);
      };
    },
    close: () => db.close(),
  };
}
