import {
  findWebhookDeliveries,
  findWebhooks,
  listWebhookDeliveries,
  listWebhooks,
  WEBHOOK_DELIVERY_STATES,
  type WebhookDeliveryRow,
  type WebhookEvent,
  type WebhookRow,
} from '@voice-transcriber/db';
import { z } from 'zod';
import { builder } from './builder.js';
import { decodeCursor, makePage } from './cursors.js';
import { enumValues } from './enum-values.js';
import { isRowId } from './global-id.js';
import { pageComplexity, readPageSize } from './page-size.js';

export const WebhookEventEnum = builder.enumType('WebhookEvent', {
  values: {
    TRANSCRIPTION_CANCELLED: { value: 'transcription.cancelled' },
    TRANSCRIPTION_COMPLETED: { value: 'transcription.completed' },
    TRANSCRIPTION_FAILED: { value: 'transcription.failed' },
    TRANSCRIPTION_PARTIAL: { value: 'transcription.partial' },
  } as const satisfies Record<string, { value: WebhookEvent }>,
});
const WebhookDeliveryStateEnum = builder.enumType('WebhookDeliveryState', {
  values: enumValues(WEBHOOK_DELIVERY_STATES),
});

export const WebhookDelivery = builder.objectRef<WebhookDeliveryRow>('WebhookDelivery');

builder.node(WebhookDelivery, {
  description: 'One message to one webhook. Kept for 30 days.',
  authScopes: { admin: true },
  id: { resolve: ({ id }) => id },
  loadMany: async (ids, { services }) => {
    const rows = await findWebhookDeliveries(services.db.orm, { ids: ids.filter(isRowId) });
    return ids.map((id) => rows.find((row) => row.id === id));
  },
  fields: (t) => ({
    at: t.field({
      type: 'DateTime',
      description: 'Of the last try; until then, of what it tells.',
      resolve: ({ attemptedAt, createdAt }) => attemptedAt ?? createdAt,
    }),
    attempt: t.exposeInt('attempts', { description: 'How often it was tried, at most 8 times.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why the last try failed.' }),
    event: t.exposeString('event', { description: 'As it is sent: "transcription.completed", "test".' }),
    nextAttemptAt: t.expose('nextAttemptAt', { type: 'DateTime', nullable: true }),
    state: t.expose('state', { type: WebhookDeliveryStateEnum }),
    statusCode: t.exposeInt('statusCode', { nullable: true, description: 'Null when no answer came.' }),
  }),
});

const DeliveriesConnection = builder.connectionObject(
  { type: WebhookDelivery, name: 'WebhookDeliveriesConnection' },
  { name: 'WebhookDeliveriesConnectionEdge' },
);
const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

export const Webhook = builder.objectRef<WebhookRow>('Webhook');

builder.node(Webhook, {
  description:
    'An address that is told when transcriptions end, by POST requests signed as https://www.standardwebhooks.com describes. Answer with 2xx within 15 s; the same message may come more than once and then has the same webhook-id.',
  authScopes: { admin: true },
  id: { resolve: ({ id }) => id },
  loadMany: async (ids, { services }) => {
    const rows = await findWebhooks(services.db.orm, { ids: ids.filter(isRowId) });
    return ids.map((id) => rows.find((row) => row.id === id));
  },
  fields: (t) => ({
    active: t.exposeBoolean('active'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    deliveries: t.field({
      type: DeliveriesConnection,
      description: 'Newest first.',
      args: { after: t.arg.string(), first: t.arg.int() },
      complexity: pageComplexity,
      resolve: async ({ id }, args, { services }) => {
        const size = readPageSize(args.first);
        const after = decodeCursor(args.after, cursorSchema);
        const listed = await listWebhookDeliveries(services.db.orm, {
          webhookId: id,
          limit: size + 1,
          after: after && { createdAt: after[0], id: after[1] },
        });
        const places = new Map(listed.map(({ delivery, cursor }) => [delivery.id, cursor]));
        return makePage(
          listed.map(({ delivery }) => delivery),
          { size, continued: after !== undefined, cursorOf: (row) => [places.get(row.id)?.createdAt, row.id] },
        );
      },
    }),
    events: t.field({ type: [WebhookEventEnum], resolve: ({ events }) => events }),
    lastDelivery: t.field({
      type: WebhookDelivery,
      nullable: true,
      resolve: ({ id }, _args, { loaders }) => loaders.lastWebhookDelivery.load(id),
    }),
    url: t.exposeString('url'),
  }),
});

builder.queryField('webhooks', (t) =>
  t.field({
    type: [Webhook],
    description: 'Newest first.',
    authScopes: { admin: true },
    resolve: (_parent, _args, { services }) => listWebhooks(services.db.orm),
  }),
);
