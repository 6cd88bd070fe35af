'use client';

import { Button, Group, Menu, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconRefresh, IconTrash, IconX } from '@tabler/icons-react';
import { useApiModels } from '../api/use-models';
import type { TranscriptionFilter } from '../gql/graphql';
import { PRIORITIES } from './job-criteria';
import { countSelected, NOTHING_SELECTED, toApiSelection, type JobSelection } from './job-selection';
import classes from './jobs-controls.module.css';
import { useBulkCommands } from './use-bulk-commands';

interface BulkBarProps {
  readonly selection: JobSelection;
  readonly onSelection: (selection: JobSelection) => void;
  readonly filter: TranscriptionFilter;
  /** How many jobs the criteria let through, loaded or not. */
  readonly matching: number | undefined;
  readonly allRowsSelected: boolean;
}

/** What can be done with many jobs at once. Stays in sight while the list is scrolled. */
export function BulkBar({ selection, onSelection, filter, matching, allRowsSelected }: BulkBarProps) {
  const commands = useBulkCommands();
  const models = useApiModels().filter(({ installed }) => installed);
  const [deleting, dialog] = useDisclosure(false);
  const count = countSelected(selection);
  if (count === 0) return null;
  const wanted = toApiSelection(selection, filter);
  const clear = () => onSelection(NOTHING_SELECTED);
  const run = async (command: Promise<boolean>) => {
    if (await command) clear();
  };
  const remove = async () => {
    await run(commands.remove(wanted));
    dialog.close();
  };
  const counted = count === 1 ? '1 job' : `${count.toLocaleString('en')} jobs`;
  return (
    <div className={classes.bulk} role="region" aria-label="Selected jobs">
      <span className={`${classes.bulkCount} numeric`} role="status">
        {counted} selected
      </span>
      {selection.kind === 'rows' && allRowsSelected && matching !== undefined && matching > count ? (
        <Button variant="subtle" size="compact-sm" onClick={() => onSelection({ kind: 'matching', count: matching })}>
          Select all {matching.toLocaleString('en')} matching
        </Button>
      ) : null}
      <Group gap={6} className={classes.bulkActions}>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconX size={14} aria-hidden />}
          disabled={commands.busy}
          onClick={() => void run(commands.cancel(wanted))}
        >
          Cancel
        </Button>
        <Menu position="top-end" portalProps={{ target: '#content' }}>
          <Menu.Target>
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<IconRefresh size={14} aria-hidden />}
              rightSection={<IconChevronDown size={13} aria-hidden />}
              disabled={commands.busy}
            >
              Retry
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void run(commands.retry(wanted))}>With the same options</Menu.Item>
            <Menu.Divider />
            <Menu.Label c="dimmed">With another model</Menu.Label>
            {models.map(({ name }) => (
              <Menu.Item key={name} onClick={() => void run(commands.retry(wanted, name))}>
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Menu position="top-end" portalProps={{ target: '#content' }}>
          <Menu.Target>
            <Button
              variant="default"
              size="compact-sm"
              rightSection={<IconChevronDown size={13} aria-hidden />}
              disabled={commands.busy}
            >
              Priority
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {PRIORITIES.map((priority) => (
              <Menu.Item key={priority} onClick={() => void run(commands.setPriority(wanted, priority))}>
                {priority[0] + priority.slice(1).toLowerCase()}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Button
          variant="default"
          size="compact-sm"
          c="var(--tone-failed)"
          leftSection={<IconTrash size={14} aria-hidden />}
          disabled={commands.busy}
          onClick={dialog.open}
        >
          Delete…
        </Button>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={clear}>
          Clear
        </Button>
      </Group>
      <Modal
        opened={deleting}
        onClose={dialog.close}
        title={`Delete ${counted}?`}
        centered
        portalProps={{ target: '#content' }}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Text size="sm">Their transcripts and recordings are removed from the server. This cannot be undone.</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={dialog.close} data-autofocus>
            Keep them
          </Button>
          <Button color="red.9" loading={commands.busy} onClick={() => void remove()}>
            Delete {counted}
          </Button>
        </Group>
      </Modal>
    </div>
  );
}
