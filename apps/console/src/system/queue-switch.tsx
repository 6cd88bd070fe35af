'use client';

import { ActionIcon, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useClient } from 'urql';
import { PauseQueueDocument, ResumeQueueDocument } from '../api/commands';
import { describeError } from '../api/session-errors';
import { useSession } from '../api/session-context';
import type { QueueFieldsFragment } from '../gql/graphql';

/** Lets an administrator hold back new work; what is running goes on. */
export function QueueSwitch({ queue }: { queue: QueueFieldsFragment | undefined }) {
  const client = useClient();
  const { viewer } = useSession();
  const [busy, setBusy] = useState(false);
  if (queue === undefined || viewer.scope !== 'ADMIN') return null;
  const label = queue.paused ? 'Resume the queue' : 'Pause the queue';

  const toggle = async () => {
    setBusy(true);
    const mutation = queue.paused
      ? client.mutation(ResumeQueueDocument, {})
      : client.mutation(PauseQueueDocument, { reason: null });
    const { error } = await mutation.toPromise();
    setBusy(false);
    if (error !== undefined)
      notifications.show({ color: 'red', title: `${label}: not done`, message: describeError(error) });
  };

  return (
    <Tooltip label={queue.reason ?? label}>
      <ActionIcon variant="default" size="md" aria-label={label} loading={busy} onClick={() => void toggle()}>
        {queue.paused ? <IconPlayerPlay size={15} aria-hidden /> : <IconPlayerPause size={15} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
