import { encodeGlobalId } from '../graphql/global-id.js';

const TEXT_CHARACTERS_MAX = 200;
const DEPTH_MAX = 4;
const IDS_MAX = 100;
const SECRET_NAME = /secret|token|password|authorization|apikey/i;

/** The types that a change may be about, by the name under which a command returns the row. */
const ENTITY_TYPES: Readonly<Record<string, string>> = {
  transcription: 'Transcription',
  apiKey: 'ApiKey',
  run: 'BenchmarkRun',
  pull: 'ModelPull',
  preset: 'TranscriptionPreset',
  webhook: 'Webhook',
  delivery: 'WebhookDelivery',
  worker: 'Worker',
};

/** Whether something came of it: not what was refused, and not the repetition of a request that was answered before. */
export function hasChanged(outcome: unknown): boolean {
  if (outcome === undefined || outcome === null || outcome === false) return false;
  if (Array.isArray(outcome)) return outcome.length > 0;
  if (typeof outcome !== 'object') return true;
  const { ok, existing, changed, changedIds, __typename: typename } = outcome as Record<string, unknown>;
  if (ok === false || existing === true || changed === 0) return false;
  if (typeof typename === 'string' && typename.endsWith('Error')) return false;
  return !Array.isArray(changedIds) || changedIds.length > 0;
}

/** The global id, or the name, of what was changed: what the input names, else what came back. */
export function targetOf(input: unknown, outcome: unknown): string | null {
  const { id, name } = asRecord(input);
  if (typeof id === 'string') return id;
  for (const [key, value] of Object.entries(asRecord(outcome))) {
    const typename = ENTITY_TYPES[key];
    const rowId = asRecord(value)['id'];
    if (typename !== undefined && typeof rowId === 'string') return encodeGlobalId(typename, rowId);
  }
  return typeof name === 'string' ? name : null;
}

/** What was asked for, and of many what became of them; texts cut, files and secrets left out. */
export function detailsOf(input: unknown, outcome: unknown): Record<string, unknown> {
  const details = asRecord(withoutSecrets(input, 0));
  const { changedIds } = asRecord(outcome);
  if (!Array.isArray(changedIds)) return details;
  const ids = (changedIds as string[]).slice(0, IDS_MAX).map((id) => encodeGlobalId('Transcription', id));
  return { ...details, changed: changedIds.length, changedIds: ids };
}

function withoutSecrets(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return hideQuery(value).slice(0, TEXT_CHARACTERS_MAX);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Promise) return '(file)';
  if (depth >= DEPTH_MAX) return '…';
  if (Array.isArray(value)) return value.slice(0, IDS_MAX).map((item) => withoutSecrets(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined && item !== null)
      .map(([name, item]) => [name, SECRET_NAME.test(name) ? '(hidden)' : withoutSecrets(item, depth + 1)]),
  );
}

/** Addresses often carry a key: behind the question mark, or before the host. */
function hideQuery(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return text;
  const { origin, pathname, search } = new URL(text);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
