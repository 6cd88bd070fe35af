'use client';

import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useClient } from 'urql';
import { PauseQueueDocument, ResumeQueueDocument } from '../api/commands';
import { describeError } from '../api/session-errors';
import { useSession } from '../api/session-context';

interface QueuePauseProps {
  readonly paused: boolean;
  readonly onChanged: () => void;
}

/** Holds back new work and says why, so that the next person knows. */
export function QueuePause({ paused, onChanged }: QueuePauseProps) {
  const client = useClient();
  const { viewer } = useSession();
  const [asking, dialog] = useDisclosure(false);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  if (viewer.scope !== 'ADMIN') return null;

  const change = async () => {
    setBusy(true);
    const text = reason.trim();
    const { error } = await (
      paused
        ? client.mutation(ResumeQueueDocument, {})
        : client.mutation(PauseQueueDocument, { reason: text === '' ? null : text })
    ).toPromise();
    setBusy(false);
    dialog.close();
    if (error !== undefined)
      return void notifications.show({
        color: 'red',
        title: paused ? 'Not resumed' : 'Not paused',
        message: describeError(error),
      });
    setReason('');
    onChanged();
  };

  if (paused)
    return (
      <Button
        size="sm"
        loading={busy}
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        onClick={() => void change()}
      >
        Resume
      </Button>
    );
  return (
    <>
      <Button variant="default" size="sm" leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={dialog.open}>
        Pause…
      </Button>
      <Modal
        opened={asking}
        onClose={dialog.close}
        title="Pause the queue?"
        centered
        portalProps={{ target: '#content' }}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            void change();
          }}
        >
          <Text size="sm" mb="sm">
            What runs goes on to its end. Nothing new begins until the queue is resumed.
          </Text>
          <TextInput
            label="Reason"
            placeholder="Everyone sees it"
            maxLength={200}
            data-autofocus
            value={reason}
            onChange={({ currentTarget: { value } }) => setReason(value)}
          />
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={dialog.close}>
              Keep it going
            </Button>
            <Button type="submit" loading={busy}>
              Pause
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
