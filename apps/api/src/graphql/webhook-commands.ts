import { randomBytes } from 'node:crypto';
import {
  deleteWebhook,
  insertWebhook,
  updateWebhook,
  type WebhookDeliveryRow,
  type WebhookRow,
} from '@voice-transcriber/db';
import { redeliver, sendTestDelivery } from '@voice-transcriber/jobs';
import { checkUrl, OutboundError } from '@voice-transcriber/outbound';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { decodeRowId } from './global-id.js';
import { invalidInput, InvalidInputError, type InvalidInputFailure } from './invalid-input-error.js';
import { notFound, NotFoundError } from './not-found-error.js';
import { Webhook, WebhookDelivery, WebhookEventEnum } from './webhook.js';

/** As long as Standard Webhooks asks for: 24 to 64 bytes. */
const SECRET_BYTES = 32;

const CreateWebhookInput = builder.inputType('CreateWebhookInput', {
  fields: (t) => ({
    events: t.field({ type: [WebhookEventEnum], required: true }),
    url: t.string({ required: true }),
  }),
});
const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
  description: 'What is left out stays as it is. Messages wait while a webhook is not active.',
  fields: (t) => ({
    active: t.boolean(),
    events: t.field({ type: [WebhookEventEnum] }),
    id: t.id({ required: true }),
    url: t.string(),
  }),
});
const WebhookIdInput = builder.inputType('WebhookIdInput', { fields: (t) => ({ id: t.id({ required: true }) }) });
const WebhookDeliveryIdInput = builder.inputType('WebhookDeliveryIdInput', {
  fields: (t) => ({ id: t.id({ required: true }) }),
});

interface CreatedResult {
  readonly __typename: 'CreateWebhookPayload';
  readonly webhook: WebhookRow;
}
interface WebhookResult {
  readonly __typename: 'WebhookPayload';
  readonly webhook: WebhookRow;
}
interface DeletedResult {
  readonly __typename: 'DeleteWebhookPayload';
  readonly deletedId: string;
}
interface DeliveryResult {
  readonly __typename: 'WebhookDeliveryPayload';
  readonly delivery: WebhookDeliveryRow;
}

const CreateWebhookPayload = builder.objectRef<CreatedResult>('CreateWebhookPayload').implement({
  description: '`secret` is shown once and never again: receivers check signatures with it.',
  fields: (t) => ({
    secret: t.string({ resolve: ({ webhook }) => webhook.secret }),
    webhook: t.expose('webhook', { type: Webhook }),
  }),
});
const WebhookPayload = builder.objectRef<WebhookResult>('WebhookPayload').implement({
  fields: (t) => ({ webhook: t.expose('webhook', { type: Webhook }) }),
});
const DeleteWebhookPayload = builder.objectRef<DeletedResult>('DeleteWebhookPayload').implement({
  fields: (t) => ({ deletedId: t.exposeID('deletedId') }),
});
const WebhookDeliveryPayload = builder.objectRef<DeliveryResult>('WebhookDeliveryPayload').implement({
  fields: (t) => ({ delivery: t.expose('delivery', { type: WebhookDelivery }) }),
});

const CreateWebhookResult = builder.unionType('CreateWebhookResult', {
  types: [CreateWebhookPayload, InvalidInputError],
  resolveType: ({ __typename }) => __typename,
});
const UpdateWebhookResult = builder.unionType('UpdateWebhookResult', {
  types: [WebhookPayload, InvalidInputError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});
const DeleteWebhookResult = builder.unionType('DeleteWebhookResult', {
  types: [DeleteWebhookPayload, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});
const WebhookDeliveryResult = builder.unionType('WebhookDeliveryResult', {
  types: [WebhookDeliveryPayload, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

builder.mutationField('createWebhook', (t) =>
  t.field({
    type: CreateWebhookResult,
    authScopes: { admin: true },
    args: { input: t.arg({ type: CreateWebhookInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const refusal = checkWebhook(input, services);
      if (refusal !== undefined) return refusal;
      const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
      const { webhook } = await services.db.orm.transaction(async (transaction) => ({
        webhook: await insertWebhook(transaction, { url: input.url, events: [...new Set(input.events)], secret }),
      }));
      return { __typename: 'CreateWebhookPayload' as const, webhook };
    },
  }),
);

builder.mutationField('updateWebhook', (t) =>
  t.field({
    type: UpdateWebhookResult,
    authScopes: { admin: true },
    args: { input: t.arg({ type: UpdateWebhookInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'Webhook');
      if (id === undefined) return notFound('webhook');
      const refusal = checkWebhook(input, services);
      if (refusal !== undefined) return refusal;
      const { url, events, active } = input;
      const webhook = await services.db.orm.transaction(async (transaction) =>
        updateWebhook(transaction, {
          id,
          ...(typeof url === 'string' && { url }),
          ...(events && { events: [...new Set(events)] }),
          ...(typeof active === 'boolean' && { active }),
        }),
      );
      return webhook === undefined ? notFound('webhook') : { __typename: 'WebhookPayload' as const, webhook };
    },
  }),
);

builder.mutationField('deleteWebhook', (t) =>
  t.field({
    type: DeleteWebhookResult,
    authScopes: { admin: true },
    args: { input: t.arg({ type: WebhookIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'Webhook');
      if (id === undefined) return notFound('webhook');
      const deleted = await services.db.orm.transaction(async (transaction) => deleteWebhook(transaction, { id }));
      if (deleted === undefined) return notFound('webhook');
      return { __typename: 'DeleteWebhookPayload' as const, deletedId: input.id };
    },
  }),
);

builder.mutationField('testWebhook', (t) =>
  t.field({
    type: WebhookDeliveryResult,
    description: 'Sends a message of the type "test". Its delivery tells what became of it.',
    authScopes: { admin: true },
    args: { input: t.arg({ type: WebhookIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const webhookId = decodeRowId(input.id, 'Webhook');
      const sent = webhookId === undefined ? undefined : await sendTestDelivery(services.db, { webhookId });
      if (sent?.ok !== true) return notFound('webhook');
      return { __typename: 'WebhookDeliveryPayload' as const, delivery: sent.delivery };
    },
  }),
);

builder.mutationField('redeliver', (t) =>
  t.field({
    type: WebhookDeliveryResult,
    description: 'Sends a message once more, under the same webhook-id, whatever became of it.',
    authScopes: { admin: true },
    args: { input: t.arg({ type: WebhookDeliveryIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'WebhookDelivery');
      const sent = id === undefined ? undefined : await redeliver(services.db, { id });
      if (sent?.ok !== true) return notFound('delivery');
      return { __typename: 'WebhookDeliveryPayload' as const, delivery: sent.delivery };
    },
  }),
);

function checkWebhook(
  { url, events }: { readonly url?: string | null | undefined; readonly events?: readonly string[] | null | undefined },
  { config }: GraphqlContext['services'],
): InvalidInputFailure | undefined {
  if (events?.length === 0) return invalidInput('events', 'Choose at least one event.');
  if (typeof url !== 'string') return undefined;
  try {
    checkUrl(url, config.webhooks);
    return undefined;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const how = error.code === 'address-refused' ? ' (WEBHOOKS_ALLOW_PRIVATE=True)' : '';
    return invalidInput('url', `${error.message.replace(/\.$/, '')}${how}.`);
  }
}
