import { API_KEY_SCOPES, findApiKeys, listApiKeys, revokeApiKey, type ApiKeyRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { decodeRowId, isRowId } from './global-id.js';
import { notFound, NotFoundError } from './not-found-error.js';
import { requestError } from './request-error.js';

const NAME_CHARACTERS_MAX = 100;

export const ApiKeyScopeEnum = builder.enumType('ApiKeyScope', { values: enumValues(API_KEY_SCOPES) });

export const ApiKey = builder.objectRef<ApiKeyRow>('ApiKey');

builder.node(ApiKey, {
  authScopes: { admin: true },
  id: { resolve: ({ id }) => id },
  loadMany: async (ids, { services }) => {
    const rows = await findApiKeys(services.db.orm, { ids: ids.filter(isRowId) });
    return ids.map((id) => rows.find((row) => row.id === id));
  },
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
    name: t.exposeString('name'),
    prefix: t.exposeString('prefix'),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
    scope: t.expose('scope', { type: ApiKeyScopeEnum }),
  }),
});

const CreateApiKeyPayload = builder
  .objectRef<{ readonly apiKey: ApiKeyRow; readonly secret: string }>('CreateApiKeyPayload')
  .implement({
    description: '`secret` is shown once and never again.',
    fields: (t) => ({ apiKey: t.expose('apiKey', { type: ApiKey }), secret: t.exposeString('secret') }),
  });

interface ApiKeyResult {
  readonly __typename: 'ApiKeyPayload';
  readonly apiKey: ApiKeyRow;
}

const ApiKeyPayload = builder.objectRef<ApiKeyResult>('ApiKeyPayload').implement({
  fields: (t) => ({ apiKey: t.expose('apiKey', { type: ApiKey }) }),
});

const RevokeApiKeyResult = builder.unionType('RevokeApiKeyResult', {
  types: [ApiKeyPayload, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  fields: (t) => ({
    expiresAt: t.field({ type: 'DateTime' }),
    name: t.string({ required: true }),
    scope: t.field({ type: ApiKeyScopeEnum, required: true }),
  }),
});

const ApiKeyIdInput = builder.inputType('ApiKeyIdInput', { fields: (t) => ({ id: t.id({ required: true }) }) });

builder.queryField('apiKeys', (t) =>
  t.field({
    type: [ApiKey],
    authScopes: { admin: true },
    resolve: (_parent, _args, { services }) => listApiKeys(services.db.orm),
  }),
);

builder.mutationField('createApiKey', (t) =>
  t.field({
    type: CreateApiKeyPayload,
    authScopes: { admin: true },
    args: { input: t.arg({ type: CreateApiKeyInput, required: true }) },
    resolve: (_parent, { input }, { services }) => {
      const name = input.name.trim();
      if (name.length === 0 || name.length > NAME_CHARACTERS_MAX) {
        throw requestError('input-invalid', `Name the key with 1 to ${NAME_CHARACTERS_MAX} characters.`);
      }
      if (input.expiresAt && input.expiresAt.getTime() <= Date.now()) {
        throw requestError('input-invalid', 'The key would expire in the past. Choose a later time, or none.');
      }
      return services.db.orm.transaction((transaction) =>
        services.access.createApiKey(
          { name, scope: input.scope, ...(input.expiresAt && { expiresAt: input.expiresAt }) },
          transaction,
        ),
      );
    },
  }),
);

builder.mutationField('revokeApiKey', (t) =>
  t.field({
    type: RevokeApiKeyResult,
    authScopes: { admin: true },
    args: { input: t.arg({ type: ApiKeyIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'ApiKey');
      if (id === undefined) return notFound('API key');
      const apiKey = await services.db.orm.transaction((transaction) => revokeApiKey(transaction, { id }));
      return apiKey === undefined ? notFound('API key') : { __typename: 'ApiKeyPayload' as const, apiKey };
    },
  }),
);
