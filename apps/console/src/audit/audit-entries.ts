import type { AuditLogQuery, AuditTargetsQuery } from '../gql/graphql';

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
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(/\bapi\b/i, 'API');
}

export interface AuditTarget {
  /** Transcription, API key. */
  readonly kind: string;
  readonly name: string | undefined;
  readonly href: string | undefined;
}

type TargetNode = NonNullable<AuditTargetsQuery['nodes'][number]>;

function nameOf(node: TargetNode): string | undefined {
  switch (node.__typename) {
    case 'Transcription':
      return node.media.filename;
    case 'Segment':
      return node.text.trim();
    case 'Model':
    case 'ApiKey':
    case 'TranscriptionPreset':
      return node.name;
    case 'ModelPull':
      return node.model;
    case 'Webhook':
      return node.url;
    case 'Worker':
      return node.instanceId;
    default:
      return undefined;
  }
}

export function describeTarget(node: TargetNode): AuditTarget {
  const { __typename: type, id } = node;
  return {
    kind: describeAction(type.charAt(0).toLowerCase() + type.slice(1)),
    name: nameOf(node),
    href:
      type === 'Transcription'
        ? `/jobs/${encodeURIComponent(id)}`
        : type === 'BenchmarkRun'
          ? `/benchmarks/${encodeURIComponent(id)}`
          : undefined,
  };
}

/** Targets are ids of the API, or names of what has none. */
export function isNodeId(target: string): boolean {
  try {
    return /^[A-Z]\w*:/.test(atob(target.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return false;
  }
}
