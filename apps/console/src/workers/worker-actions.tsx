'use client';

import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPause, IconPlayerPlay, IconPower } from '@tabler/icons-react';
import { useState } from 'react';
import { useCommand } from '../api/use-command';
import { useSession } from '../api/session-context';
import { ConfirmDialog } from '../ui/confirm-dialog';
import type { ApiWorker } from './api-worker';
import { DrainWorkerDocument, ResumeWorkerDocument, StopWorkerDocument } from './worker-documents';
import classes from './workers.module.css';

interface WorkerActionsProps {
  readonly worker: Pick<ApiWorker, 'id' | 'host' | 'state'>;
  readonly onChanged: () => void;
}

export function WorkerActions({ worker: { id, host, state }, onChanged }: WorkerActionsProps) {
  const { viewer } = useSession();
  const command = useCommand();
  const [stopping, dialog] = useDisclosure(false);
  const [busy, setBusy] = useState(false);
  if (viewer.scope !== 'ADMIN' || state === 'LOST' || state === 'STOPPED') return null;
  const running = state === 'RUNNING';
  const change = async () => {
    setBusy(true);
    const done = running
      ? await command('Not drained', DrainWorkerDocument, { id })
      : await command('Not resumed', ResumeWorkerDocument, { id });
    setBusy(false);
    if (done !== undefined) onChanged();
  };
  const stop = async () => {
    if ((await command('Not stopped', StopWorkerDocument, { id })) !== undefined) onChanged();
  };
  return (
    <div className={classes.actions}>
      <Button
        variant="default"
        size="compact-sm"
        loading={busy}
        leftSection={running ? <IconPlayerPause size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
        onClick={() => void change()}
      >
        {running ? 'Drain' : 'Resume'}
      </Button>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPower size={14} aria-hidden />}
        onClick={dialog.open}
      >
        Stop…
      </Button>
      <ConfirmDialog
        title="Stop this worker?"
        confirmLabel="Stop"
        keepLabel="Keep it running"
        opened={stopping}
        onClose={dialog.close}
        onConfirm={stop}
      >
        The worker on <strong>{host}</strong> ends at the next border of its work and gives the rest to others. It has
        to be started again by hand. To let it finish first, drain it.
      </ConfirmDialog>
    </div>
  );
}
