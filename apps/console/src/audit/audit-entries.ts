import type { AuditLogQuery } from '../gql/graphql';

export type AuditEntry = AuditLogQuery['auditLog']['nodes'][number];

/** The newest page on top of what is shown already. When they no longer touch, the page alone: a list with a hole would lie. */
export function withNewest(known: readonly AuditEntry[], newest: readonly AuditEntry[]): readonly AuditEntry[] {
  const last = newest.at(-1);
  if (last === undefined) return known;
  const at = known.findIndex(({ id }) => id === last.id);
  return at === -1 ? newest : [...newest, ...known.slice(at + 1)];
}

/** createApiKey → Create API key. */
export function describeAction(action: string): string {
  const words = action.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace('api key', 'API key');
}
