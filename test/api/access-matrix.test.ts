import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY, startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query, send, type Api, type RawResponse } from './requests.js';

const CONSOLE_ORIGIN = 'http://localhost:3999';
const FOREIGN_ORIGIN = 'https://evil.example';
/** What keys that only read are not shown. */
const ADMIN_QUERIES = ['apiKeys', 'auditLog', 'webhooks'];

interface Operation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string;
  readonly document: string;
}

let stack: Stack;
let operations: Operation[];
let cookie: string;
let reader: Api;

beforeAll(async () => {
  const sdl = await readFile(join(REPOSITORY_DIRECTORY, 'apps/api/schema.graphql'), 'utf8');
  operations = generateOperations(buildSchema(sdl));
  stack = await startStack({ workers: 0, env: { CONSOLE_ORIGINS: CONSOLE_ORIGIN } });
  const headers = { origin: CONSOLE_ORIGIN, 'content-type': 'application/json' };
  const url = `${stack.apiUrl}/auth/sign-in`;
  const signedIn = await send({ url, method: 'POST', headers, body: JSON.stringify({ apiKey: stack.apiKey }) });
  cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const { json } = await query(
    stack,
    'mutation { createApiKey(input: { name: "reader", scope: READ }) { secret apiKey { id } } }',
  );
  reader = { apiUrl: stack.apiUrl, apiKey: json.data.createApiKey.secret };
});
afterAll(() => stack.stop());

/** One valid document for every field of the three roots, so that an operation that is added later is tried as well. */
function generateOperations(schema: GraphQLSchema): Operation[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const;
  return roots.flatMap(([kind, type]) => (type ? operationsOf(kind, type) : []));
}

function operationsOf(kind: Operation['kind'], type: GraphQLObjectType): Operation[] {
  return Object.values(type.getFields()).map(({ name, args, type: result }) => {
    const values = args.filter((arg) => isNonNullType(arg.type)).map((arg) => `${arg.name}: ${valueOf(arg.type)}`);
    const fields = isLeafType(getNamedType(result)) ? '' : ' { __typename }';
    return { kind, name, document: `${kind} { ${name}${values.length > 0 ? `(${values.join(', ')})` : ''}${fields} }` };
  });
}

/** The least that the type accepts. */
function valueOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(type.ofType);
  if (isListType(type)) return `[${valueOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || type.isOneOf);
    const chosen = type.isOneOf ? fields.slice(0, 1) : fields;
    return `{ ${chosen.map((field) => `${field.name}: ${valueOf(field.type)}`).join(', ')} }`;
  }
  return ['Int', 'SafeInt', 'Float'].includes(type.name) ? '1' : '"x"';
}

function ask({ document }: Operation, headers: Record<string, string>): Promise<RawResponse> {
  return send({
    url: `${stack.apiUrl}/graphql`,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: document }),
  });
}

test('every operation of the schema is refused without a key, with a wrong one, and to a foreign page that has the cookie of an administrator', async () => {
  expect(operations.length).toBeGreaterThan(60);
  expect(cookie).not.toBe('');
  const wrong = `${stack.apiKey.slice(0, -1)}${stack.apiKey.endsWith('0') ? '1' : '0'}`;
  const callers: readonly (readonly [who: string, status: number, headers: Record<string, string>])[] = [
    ['nobody', 401, {}],
    ['nobody, from the console', 401, { origin: CONSOLE_ORIGIN }],
    ['a wrong key', 401, { authorization: `Bearer ${wrong}` }],
    ['a foreign page', 403, { cookie, origin: FOREIGN_ORIGIN }],
    ['a sandboxed page', 403, { cookie, origin: 'null' }],
    ['a page without a name', 403, { cookie }],
  ];
  const open: string[] = [];
  for (const operation of operations) {
    for (const [who, status, headers] of callers) {
      const answer = await ask(operation, headers);
      if (answer.status !== status || answer.json.data !== undefined)
        open.push(`${operation.kind} ${operation.name}: ${who} got ${answer.status} ${answer.body.slice(0, 200)}`);
    }
  }
  expect(open).toEqual([]);
});

test('a key that only reads changes nothing, and sees all but what is for administrators', async () => {
  const wrong: string[] = [];
  // A file cannot be written into a document; uploads are tried beside the other scopes.
  const tried = operations.filter(({ kind, name }) => kind !== 'subscription' && name !== 'importModel');
  for (const operation of tried) {
    const { json, body } = await query(reader, operation.document);
    const isForbidden = json.errors?.[0]?.extensions.code === 'forbidden';
    const isForAdministrators = operation.kind === 'mutation' || ADMIN_QUERIES.includes(operation.name);
    const invalid = json.errors?.some(({ extensions }) => extensions.code === 'document-invalid') === true;
    if (isForbidden !== isForAdministrators || invalid)
      wrong.push(`${operation.kind} ${operation.document}: ${body.slice(0, 200)}`);
  }
  expect(wrong).toEqual([]);
});
