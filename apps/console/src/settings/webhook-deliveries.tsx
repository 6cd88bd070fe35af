'use client';

import { Button, VisuallyHidden } from '@mantine/core';
import { useCommand } from '../api/use-command';
import { useLiveQuery } from '../api/use-live-query';
import { formatAge, formatDate } from '../ui/format';
import { ToneLabel } from '../ui/tone-label';
import { useNow } from '../ui/use-now';
import table from '../ui/data-table.module.css';
import { DELIVERY_LOOKS } from './delivery-looks';
import { RedeliverDocument, WebhookDeliveriesDocument } from './settings-documents';
import classes from './webhooks.module.css';

const SHOWN = 20;
const REFRESH_SECONDS = 2;

/** The newest deliveries to one address, with what came back. */
export function WebhookDeliveries({ webhookId }: { readonly webhookId: string }) {
  const command = useCommand();
  const now = useNow(5);
  const { data, problem, reload } = useLiveQuery({
    document: WebhookDeliveriesDocument,
    variables: { id: webhookId, first: SHOWN },
    renewedBy: [],
    everySeconds: REFRESH_SECONDS,
  });
  const deliveries = data?.node?.__typename === 'Webhook' ? data.node.deliveries.nodes : undefined;
  const redeliver = async (id: string) => {
    if ((await command('Not sent again', RedeliverDocument, { id })) !== undefined) reload();
  };
  if (problem !== undefined) return <p className={classes.bad}>{problem}</p>;
  if (deliveries === undefined) return <p className={classes.quiet}>Loading the deliveries</p>;
  if (deliveries.length === 0) return <p className={classes.quiet}>Nothing was sent to this address yet.</p>;
  return (
    <table className={table.table} aria-label="Deliveries">
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col">State</th>
          <th scope="col">Answer</th>
          <th scope="col">When</th>
          <th scope="col">
            <VisuallyHidden>Actions</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map(({ id, event, state, attempt, statusCode, error, at, nextAttemptAt }) => (
          <tr key={id}>
            <td>{event}</td>
            <td>
              <ToneLabel tone={DELIVERY_LOOKS[state].tone}>{DELIVERY_LOOKS[state].label}</ToneLabel>
              {attempt > 1 ? <div className={table.quiet}>{attempt} tries</div> : null}
            </td>
            <td data-name="Answer">
              {statusCode === null ? '–' : `HTTP ${statusCode}`}
              {error === null ? null : <div className={`${table.quiet} ${table.bad}`}>{error}</div>}
            </td>
            <td title={formatDate(new Date(at))}>
              {formatAge(new Date(at), now)}
              {nextAttemptAt === null ? null : (
                <div className={table.quiet}>again at {formatDate(new Date(nextAttemptAt))}</div>
              )}
            </td>
            <td className={`${table.end} ${table.actions}`}>
              {state === 'PENDING' ? null : (
                <Button size="compact-xs" variant="default" onClick={() => void redeliver(id)}>
                  Send again
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
