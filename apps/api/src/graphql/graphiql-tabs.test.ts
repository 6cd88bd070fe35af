import { buildSchema, parse, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GRAPHIQL_TABS } from './graphiql-tabs.js';

test('every example in GraphiQL is valid against the schema', () => {
  const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  for (const { query, variables } of GRAPHIQL_TABS) {
    expect(validate(schema, parse(query))).toEqual([]);
    expect(() => JSON.parse(variables ?? '{}') as unknown).not.toThrow();
  }
});
