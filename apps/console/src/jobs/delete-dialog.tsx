'use client';

import { Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import type { JobRow } from './job-list';
import { useJobCommands } from './use-job-commands';

interface DeleteDialogProps {
  readonly job: Pick<JobRow, 'id' | 'media'>;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

export function DeleteDialog({ job, opened, onClose, onDeleted }: DeleteDialogProps) {
  const { remove } = useJobCommands();
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    const done = await remove(job.id);
    setBusy(false);
    onClose();
    if (done) onDeleted?.();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Delete this job?"
      centered
      portalProps={{ target: '#content' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        The transcript of <strong>{job.media.filename}</strong> and its recording are removed from the server. This
        cannot be undone.
      </Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button color="red.9" loading={busy} onClick={() => void confirm()}>
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
