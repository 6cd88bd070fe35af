import { insertAuditEntry, type Database, type NewAuditEntry, type Transaction } from '@voice-transcriber/db';

/** Says what to note of what a transaction returned; undefined when it changed nothing. */
export type DescribeChange = (outcome: unknown) => NewAuditEntry | undefined;

export interface AuditedDatabase {
  readonly db: Database;
  /** Whether a transaction has noted its change. */
  readonly hasEntry: () => boolean;
}

/**
 * A view of the database whose transactions note what they changed before they commit: either both the change and its entry are there, or neither.
 * A transaction that is begun inside another is part of it and notes nothing of its own.
 */
export function auditDatabase(db: Database, describe: DescribeChange): AuditedDatabase {
  let hasEntry = false;
  const transaction: Database['orm']['transaction'] = (work, config) =>
    db.orm.transaction(async (inner: Transaction) => {
      const outcome = await work(inner);
      const entry = describe(outcome);
      if (entry !== undefined) {
        await insertAuditEntry(inner, entry);
        hasEntry = true;
      }
      return outcome;
    }, config);
  const orm = new Proxy(db.orm, {
    get: (target, key) => (key === 'transaction' ? transaction : (Reflect.get(target, key) as unknown)),
  });
  return { db: { ...db, orm }, hasEntry: () => hasEntry };
}
