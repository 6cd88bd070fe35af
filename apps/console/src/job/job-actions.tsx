'use client';

import { ActionIcon, Button, Group, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconCheck,
  IconChevronDown,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconTrash,
  IconUpload,
  IconX,
} from '@tabler/icons-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApiModels } from '../api/use-models';
import { DeleteDialog } from '../jobs/delete-dialog';
import { PRIORITIES } from '../jobs/job-criteria';
import { isPausable, isTerminal } from '../jobs/job-states';
import { useJobCommands } from '../jobs/use-job-commands';
import type { Job } from './job-state';

function RetryMenu({ job, onRetry }: { job: Job; onRetry: (model: string) => void }) {
  const models = useApiModels().filter(({ installed }) => installed);
  if (models.every(({ name }) => name === job.model)) return null;
  return (
    <Menu position="bottom-end" portalProps={{ target: '#content' }}>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
          With model
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label c="dimmed">Transcribe again with</Menu.Label>
        {models.map(({ name, default: isDefault }) => (
          <Menu.Item key={name} onClick={() => onRetry(name)}>
            {name}
            {name === job.model ? ' (used last)' : isDefault ? ' (default)' : ''}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function PriorityMenu({ job, onChange }: { job: Job; onChange: (priority: Job['priority']) => void }) {
  return (
    <Menu position="bottom-end" portalProps={{ target: '#content' }}>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
          Priority
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {PRIORITIES.map((priority) => (
          <Menu.Item
            key={priority}
            rightSection={priority === job.priority ? <IconCheck size={14} aria-label="chosen" /> : null}
            onClick={() => onChange(priority)}
          >
            {priority[0] + priority.slice(1).toLowerCase()}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What can be done with a job that is over. A recording that is no longer stored can only be sent again. */
function AgainActions({ job, busy, onRetry }: { job: Job; busy: boolean; onRetry: (model?: string) => void }) {
  if (!job.media.recordingKept)
    return (
      <Button component={Link} href="/new" variant="default" leftSection={<IconUpload size={16} aria-hidden />}>
        Upload again
      </Button>
    );
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        disabled={busy}
        onClick={() => onRetry()}
      >
        {job.state === 'COMPLETED' ? 'Transcribe again' : 'Retry'}
      </Button>
      <RetryMenu job={job} onRetry={onRetry} />
    </>
  );
}

export function JobActions({ job }: { job: Job }) {
  const router = useRouter();
  const commands = useJobCommands();
  const [busy, setBusy] = useState(false);
  const [deleting, dialog] = useDisclosure(false);
  const run = (command: Promise<boolean>) => {
    setBusy(true);
    void command.finally(() => setBusy(false));
  };
  const over = isTerminal(job.state);
  const paused = job.state === 'PAUSED';
  return (
    <Group gap="xs">
      {paused || isPausable(job.state) ? (
        // One button for both, only marked as busy: replaced or disabled, it would lose the focus of whoever uses the keyboard.
        <Button
          variant={paused ? 'filled' : 'default'}
          leftSection={paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
          aria-disabled={busy}
          {...(busy && { 'data-disabled': true })}
          onClick={() => {
            if (!busy) run(paused ? commands.resume(job.id) : commands.pause(job.id));
          }}
        >
          {paused ? 'Resume' : 'Pause'}
        </Button>
      ) : null}
      {over ? null : <PriorityMenu job={job} onChange={(priority) => run(commands.setPriority(job.id, priority))} />}
      {over ? (
        <AgainActions job={job} busy={busy} onRetry={(model) => run(commands.retry(job.id, model))} />
      ) : (
        <Button
          variant="default"
          leftSection={<IconX size={16} aria-hidden />}
          disabled={busy}
          onClick={() => run(commands.cancel(job.id))}
        >
          Cancel
        </Button>
      )}
      <ActionIcon variant="default" size={36} aria-label="Delete this job" onClick={dialog.open}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
      <DeleteDialog job={job} opened={deleting} onClose={dialog.close} onDeleted={() => router.replace('/jobs')} />
    </Group>
  );
}
