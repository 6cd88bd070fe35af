import type { GraphQLSchema } from 'graphql';
import { insertAuditEntry, type NewAuditEntry } from '@voice-transcriber/db';
import type { GraphqlContext } from '../graphql/context.js';
import { auditDatabase } from './audited-database.js';
import { detailsOf, hasChanged, targetOf } from './describe-change.js';

/**
 * Makes every mutation of the schema leave an entry in the audit log, so that a new one cannot forget to.
 *
 * A mutation that changes rows in a transaction has its entry in that transaction: neither is there without the other. What changes no rows (files of
 * models, orders to workers that only ring) has its entry right after it succeeded; if that cannot be written, the mutation fails. What was
 * refused leaves none.
 */
export function auditMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const [action, field] of Object.entries(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (resolve === undefined) throw new Error(`The mutation ${action} has no resolver.`);
    field.resolve = async (parent, args: { input?: unknown }, context: GraphqlContext, info) => {
      const describe = (outcome: unknown): NewAuditEntry => ({
        actor: context.viewer.name,
        apiKeyId: context.viewer.apiKeyId ?? null,
        action,
        target: targetOf(args.input, outcome),
        details: detailsOf(args.input, outcome),
        requestId: context.requestId,
      });
      const { services } = context;
      const audited = auditDatabase(services.db, (outcome) => (hasChanged(outcome) ? describe(outcome) : undefined));
      const inner: GraphqlContext = { ...context, services: { ...services, db: audited.db } };
      const result: unknown = await resolve(parent, args, inner, info);
      if (!audited.hasEntry() && hasChanged(result)) await insertAuditEntry(services.db.orm, describe(result));
      return result;
    };
  }
  return schema;
}
