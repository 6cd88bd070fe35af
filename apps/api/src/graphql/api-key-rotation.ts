import { beginApiKeyEnd, type ApiKeyRow } from '@voice-transcriber/db';
import { ApiKey } from './api-key.js';
import { builder } from './builder.js';
import { decodeRowId } from './global-id.js';
import { invalidInput, InvalidInputError } from './invalid-input-error.js';
import { notFound, NotFoundError } from './not-found-error.js';

const OVERLAP_HOURS_DEFAULT = 24;
const OVERLAP_HOURS_MAX = 30 * 24;

interface RotationResult {
  readonly __typename: 'RotateApiKeyPayload';
  readonly apiKey: ApiKeyRow;
  readonly replaced: ApiKeyRow;
  readonly secret: string;
}

const RotateApiKeyPayload = builder.objectRef<RotationResult>('RotateApiKeyPayload').implement({
  description: '`secret` is that of the new key; it is shown once and never again.',
  fields: (t) => ({
    apiKey: t.expose('apiKey', { type: ApiKey }),
    replaced: t.expose('replaced', { type: ApiKey, description: 'The old key, with the time at which it ends.' }),
    secret: t.exposeString('secret'),
  }),
});

const RotateApiKeyResult = builder.unionType('RotateApiKeyResult', {
  types: [RotateApiKeyPayload, InvalidInputError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

const RotateApiKeyInput = builder.inputType('RotateApiKeyInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    overlapHours: t.int({
      defaultValue: OVERLAP_HOURS_DEFAULT,
      description: `For how long the old key goes on, so that whatever uses it can be changed: 0 to ${OVERLAP_HOURS_MAX}.`,
    }),
  }),
});

builder.mutationField('rotateApiKey', (t) =>
  t.field({
    type: RotateApiKeyResult,
    authScopes: { admin: true },
    description:
      'A new key with the name, scope and lifetime of a valid one, which ends after the overlap, or earlier where it would have.',
    args: { input: t.arg({ type: RotateApiKeyInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'ApiKey');
      if (id === undefined) return notFound('API key');
      const overlapHours = input.overlapHours ?? OVERLAP_HOURS_DEFAULT;
      if (overlapHours < 0 || overlapHours > OVERLAP_HOURS_MAX) {
        return invalidInput('overlapHours', `Let the old key go on for 0 to ${OVERLAP_HOURS_MAX} hours.`);
      }
      return services.db.orm.transaction(async (transaction) => {
        const ending = await beginApiKeyEnd(transaction, { id, overlapSeconds: overlapHours * 3600 });
        if (ending === undefined) {
          return invalidInput('id', 'Only a valid key can be replaced. Create a new one instead.');
        }
        const { replaced, lifetimeSeconds } = ending;
        const expiresAt = lifetimeSeconds === null ? undefined : new Date(Date.now() + lifetimeSeconds * 1000);
        const created = await services.access.createApiKey(
          { name: replaced.name, scope: replaced.scope, ...(expiresAt && { expiresAt }) },
          transaction,
        );
        return { __typename: 'RotateApiKeyPayload' as const, ...created, replaced };
      });
    },
  }),
);
