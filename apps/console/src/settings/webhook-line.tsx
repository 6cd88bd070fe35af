'use client';

import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { useCommand } from '../api/use-command';
import type { WebhooksQuery } from '../gql/graphql';
import { formatAge } from '../ui/format';
import { ToneLabel } from '../ui/tone-label';
import { useNow } from '../ui/use-now';
import { DELIVERY_LOOKS } from './delivery-looks';
import { TestWebhookDocument, UpdateWebhookDocument } from './settings-documents';
import { WebhookDeliveries } from './webhook-deliveries';
import classes from './webhooks.module.css';

type Webhook = WebhooksQuery['webhooks'][number];

interface WebhookLineProps {
  readonly webhook: Webhook;
  readonly onChanged: () => void;
  readonly onRemove: () => void;
}

export function WebhookLine({ webhook, onChanged, onRemove }: WebhookLineProps) {
  const command = useCommand();
  const now = useNow(10);
  const [open, setOpen] = useState(false);
  const { id, url, events, active, lastDelivery } = webhook;
  const setActive = async (next: boolean) => {
    if ((await command('Not changed', UpdateWebhookDocument, { input: { id, active: next } })) !== undefined)
      onChanged();
  };
  const sendTest = async () => {
    if ((await command('Not sent', TestWebhookDocument, { id })) === undefined) return;
    setOpen(true);
    onChanged();
  };
  return (
    <section className={classes.webhook} aria-label={url}>
      <div className={classes.line}>
        <div className={classes.text}>
          <span className={classes.url}>{url}</span>
          <span className={classes.quiet}>
            {events.map((event) => event.replace('TRANSCRIPTION_', '').toLowerCase()).join(', ')}
          </span>
        </div>
        {lastDelivery === null ? (
          <span className={classes.quiet}>nothing was sent yet</span>
        ) : (
          <div>
            <ToneLabel tone={DELIVERY_LOOKS[lastDelivery.state].tone}>
              {DELIVERY_LOOKS[lastDelivery.state].label}
            </ToneLabel>
            <div className={classes.quiet}>{formatAge(new Date(lastDelivery.at), now)}</div>
          </div>
        )}
      </div>
      <div className={classes.actions}>
        <Switch
          size="xs"
          label="Active"
          aria-label={`Tell ${url}`}
          checked={active}
          onChange={({ currentTarget: { checked } }) => void setActive(checked)}
        />
        <Button size="compact-xs" variant="default" onClick={() => void sendTest()}>
          Send a test
        </Button>
        <Button size="compact-xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide deliveries' : 'Deliveries'}
        </Button>
        <Button size="compact-xs" variant="default" onClick={onRemove}>
          Remove…
        </Button>
      </div>
      {open ? <WebhookDeliveries webhookId={id} /> : null}
    </section>
  );
}
