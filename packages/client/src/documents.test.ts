import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { documents } from './documents.js';

const schema = buildSchema(readFileSync(new URL('../../../apps/api/schema.graphql', import.meta.url), 'utf8'));

test.each(Object.entries(documents))('the server understands %s', (_name, document) => {
  expect(validate(schema, parse(document))).toEqual([]);
});

test('a field that the server does not have is found', () => {
  const wrong = documents.viewer.replace('scope', 'colour');
  expect(validate(schema, parse(wrong)).map(({ message }) => message)).toEqual([expect.stringContaining('colour')]);
});
