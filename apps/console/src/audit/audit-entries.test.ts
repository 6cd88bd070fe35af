import { expect, test } from 'vitest';
import { describeAction, withNewest, type AuditEntry } from './audit-entries';

const entry = (id: string): AuditEntry => ({
  id,
  at: '',
  actor: '',
  action: '',
  target: null,
  requestId: '',
  details: [],
});
const ids = (entries: readonly AuditEntry[]) => entries.map(({ id }) => id).join('');

test('new entries come on top of older pages, each once, and never with a hole', () => {
  const known = ['d', 'c', 'b', 'a'].map(entry);
  expect(ids(withNewest(known, ['e', 'd', 'c'].map(entry)))).toBe('edcba');
  expect(ids(withNewest(known, ['z', 'y'].map(entry)))).toBe('zy');
  expect(ids(withNewest([], ['a'].map(entry)))).toBe('a');
});

test('the name of a mutation reads as words', () => {
  expect(describeAction('revokeApiKey')).toBe('Revoke API key');
  expect(describeAction('apiKey')).toBe('API key');
  expect(describeAction('deleteTranscriptions')).toBe('Delete transcriptions');
});
