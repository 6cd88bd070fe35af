'use client';

import { ActionIcon, Menu, type ActionIconProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash, IconX } from '@tabler/icons-react';
import { useState, type ComponentPropsWithRef } from 'react';
import { useSession } from '../api/session-context';
import type { TranscriptionPriority } from '../gql/graphql';
import { DeleteDialog } from './delete-dialog';
import type { JobRow } from './job-list';
import { isPausable, isTerminal } from './job-states';
import { useJobCommands } from './use-job-commands';

const PRIORITIES: readonly { value: TranscriptionPriority; label: string }[] = [
  { value: 'HIGH', label: 'High priority' },
  { value: 'NORMAL', label: 'Normal priority' },
  { value: 'LOW', label: 'Low priority' },
];

interface MenuButtonProps extends ActionIconProps, Pick<ComponentPropsWithRef<'button'>, 'onClick' | 'ref'> {
  readonly job: JobRow;
}

function MenuButton({ job, ...rest }: MenuButtonProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-haspopup="menu"
      aria-label={`Actions for ${job.media.filename}`}
      {...rest}
    >
      <IconDots size={16} aria-hidden />
    </ActionIcon>
  );
}

function OpenedMenu({ job }: { job: JobRow }) {
  const commands = useJobCommands();
  const [deleting, dialog] = useDisclosure(false);
  const over = isTerminal(job.state);
  return (
    <>
      <Menu defaultOpened position="bottom-end" portalProps={{ target: '#content' }}>
        <Menu.Target>
          <MenuButton job={job} />
        </Menu.Target>
        <Menu.Dropdown>
          {over && job.media.recordingKept ? (
            <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => void commands.retry(job.id)}>
              {job.state === 'COMPLETED' ? 'Transcribe again' : 'Retry'}
            </Menu.Item>
          ) : null}
          {over ? null : (
            <Menu.Item leftSection={<IconX size={16} aria-hidden />} onClick={() => void commands.cancel(job.id)}>
              Cancel
            </Menu.Item>
          )}
          {isPausable(job.state) ? (
            <Menu.Item
              leftSection={<IconPlayerPause size={16} aria-hidden />}
              onClick={() => void commands.pause(job.id)}
            >
              Pause
            </Menu.Item>
          ) : null}
          {job.state === 'PAUSED' ? (
            <Menu.Item
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              onClick={() => void commands.resume(job.id)}
            >
              Resume
            </Menu.Item>
          ) : null}
          {over
            ? null
            : PRIORITIES.filter(({ value }) => value !== job.priority).map(({ value, label }) => (
                <Menu.Item key={value} onClick={() => void commands.setPriority(job.id, value)}>
                  {label}
                </Menu.Item>
              ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} c="var(--tone-failed)" onClick={dialog.open}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <DeleteDialog job={job} opened={deleting} onClose={dialog.close} />
    </>
  );
}

/** What can be done with a job in its present state. A list has hundreds of these: the menu itself is made when it is first wanted. */
export function JobMenu({ job }: { job: JobRow }) {
  const { viewer } = useSession();
  const [wanted, setWanted] = useState(false);
  if (viewer.scope === 'READ') return null;
  return wanted ? <OpenedMenu job={job} /> : <MenuButton job={job} onClick={() => setWanted(true)} />;
}
