'use client';

import { Button, Checkbox, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useCommand } from '../api/use-command';
import { useLiveQuery } from '../api/use-live-query';
import type { WebhookEvent, WebhooksQuery } from '../gql/graphql';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { EmptyState } from '../ui/empty-state';
import { LoadingRows } from '../ui/loading-rows';
import { ProblemAlert } from '../ui/problem-alert';
import table from '../ui/data-table.module.css';
import { CreateWebhookDocument, DeleteWebhookDocument, WebhooksDocument } from './settings-documents';
import classes from './settings.module.css';
import { ShownOnce } from './shown-once';
import { WebhookLine } from './webhook-line';

type Webhook = WebhooksQuery['webhooks'][number];

interface NewWebhook {
  readonly url: string;
  readonly secret: string;
}

const EVENT_LABELS: Readonly<Record<WebhookEvent, string>> = {
  TRANSCRIPTION_COMPLETED: 'Completed',
  TRANSCRIPTION_PARTIAL: 'Partly completed',
  TRANSCRIPTION_FAILED: 'Failed',
  TRANSCRIPTION_CANCELLED: 'Cancelled',
};

const EVENTS = Object.keys(EVENT_LABELS) as WebhookEvent[];
const REFRESH_SECONDS = 5;

function CreateWebhookForm({ onCreated }: { readonly onCreated: (webhook: NewWebhook) => void }) {
  const command = useCommand();
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState<WebhookEvent[]>([...EVENTS]);
  const [busy, setBusy] = useState(false);
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const done = await command('Not added', CreateWebhookDocument, { input: { url: url.trim(), events } });
    setBusy(false);
    if (done === undefined) return;
    setUrl('');
    onCreated({ url: done.webhook.url, secret: done.secret });
  };
  return (
    <form className={classes.form} onSubmit={(event) => void create(event)} aria-label="New webhook">
      <TextInput
        className={classes.field}
        label="Address"
        type="url"
        placeholder="https://example.org/transcripts"
        required
        withAsterisk={false}
        value={url}
        onChange={({ currentTarget: { value } }) => setUrl(value)}
      />
      <Checkbox.Group label="When a transcription is" value={events} onChange={(values) => setEvents(values)}>
        <Group gap="md" mt={8} mb={6}>
          {EVENTS.map((value) => (
            <Checkbox key={value} size="xs" value={value} label={EVENT_LABELS[value]} />
          ))}
        </Group>
      </Checkbox.Group>
      <Button type="submit" loading={busy} disabled={url.trim() === '' || events.length === 0}>
        Add
      </Button>
    </form>
  );
}

/** Addresses that are told when transcriptions end. */
export function Webhooks() {
  const { data, problem, reload } = useLiveQuery({
    document: WebhooksDocument,
    variables: {},
    renewedBy: [],
    everySeconds: REFRESH_SECONDS,
  });
  const command = useCommand();
  const [created, setCreated] = useState<NewWebhook>();
  const [removing, setRemoving] = useState<Webhook>();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    if (removing === undefined) return;
    if ((await command('Not removed', DeleteWebhookDocument, { id: removing.id })) !== undefined) reload();
  };
  return (
    <>
      {problem === undefined ? null : (
        <ProblemAlert title="The webhooks could not be loaded" message={problem} onRetry={reload} />
      )}
      {created === undefined ? null : (
        <ShownOnce
          title={`The signing secret of ${created.url}`}
          secret={created.secret}
          onDone={() => setCreated(undefined)}
        />
      )}
      <div className={table.panel}>
        <CreateWebhookForm
          onCreated={(webhook) => {
            setCreated(webhook);
            reload();
          }}
        />
        {data === undefined && problem === undefined ? <LoadingRows label="Loading the webhooks" /> : null}
        {data?.webhooks.length === 0 ? (
          <EmptyState
            title="No webhooks yet"
            text="An address that you add is called when a transcription ends, signed with a secret that only you and the server know."
          />
        ) : null}
        {data?.webhooks.map((webhook) => (
          <WebhookLine
            key={webhook.id}
            webhook={webhook}
            onChanged={reload}
            onRemove={() => {
              setRemoving(webhook);
              setAsking(true);
            }}
          />
        ))}
      </div>
      <ConfirmDialog
        title="Remove this webhook?"
        confirmLabel="Remove"
        keepLabel="Keep it"
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={remove}
      >
        <strong>{removing?.url}</strong> is no longer told, and its deliveries are forgotten.
      </ConfirmDialog>
    </>
  );
}
