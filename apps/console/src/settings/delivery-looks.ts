import type { WebhookDeliveryState } from '../gql/graphql';
import type { Tone } from '../ui/tone-label';

export const DELIVERY_LOOKS: Readonly<Record<WebhookDeliveryState, { readonly label: string; readonly tone: Tone }>> = {
  DELIVERED: { label: 'Delivered', tone: 'done' },
  PENDING: { label: 'On its way', tone: 'waiting' },
  FAILED: { label: 'Given up', tone: 'failed' },
};
