'use client';

import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconInfoCircle, IconLogout, IconShieldCheck, IconTrash, IconX } from '@tabler/icons-react';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useSession } from '../api/session-context';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { formatBytes } from '../ui/format';
import { ModelDetails } from './model-details';
import { isActive, type CatalogueModel } from './model-list';
import type { ModelCommands } from './use-model-commands';

interface ModelMenuProps {
  readonly model: CatalogueModel;
  readonly commands: ModelCommands;
}

/** What can be done with a model as it stands. */
export function ModelMenu({ model, commands }: ModelMenuProps) {
  const { viewer } = useSession();
  const [showing, details] = useDisclosure(false);
  const [deleting, dialog] = useDisclosure(false);
  const [busy, setBusy] = useState(false);
  const { name, installed, pull, loadedOn, deletable, official } = model;
  const admin = viewer.scope === 'ADMIN';
  const during = async (work: Promise<void>) => {
    setBusy(true);
    await work;
    setBusy(false);
  };
  return (
    <>
      <Menu position="bottom-end" portalProps={{ target: '#content' }}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${name}`} loading={busy}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconInfoCircle size={16} aria-hidden />} onClick={details.open}>
            Details
          </Menu.Item>
          {admin && !installed && official && !isActive(pull) ? (
            <Menu.Item
              leftSection={<IconDownload size={16} aria-hidden />}
              onClick={() => void during(commands.pull(name))}
            >
              Pull {formatBytes(model.fileBytes)}
            </Menu.Item>
          ) : null}
          {admin && isActive(pull) ? (
            <Menu.Item leftSection={<IconX size={16} aria-hidden />} onClick={() => void during(commands.cancelPull(pull.id))}>
              Cancel the pull
            </Menu.Item>
          ) : null}
          {admin && installed ? (
            <Menu.Item
              leftSection={<IconShieldCheck size={16} aria-hidden />}
              onClick={() => void during(commands.verify(name))}
            >
              Verify the checksum
            </Menu.Item>
          ) : null}
          {admin && loadedOn.length > 0 ? (
            <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void during(commands.unload(name))}>
              Unload from memory
            </Menu.Item>
          ) : null}
          {admin && deletable ? (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} c="var(--tone-failed)" onClick={dialog.open}>
                Delete…
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <ModelDetails model={model} opened={showing} onClose={details.close} />
      <ConfirmDialog
        title="Delete this model?"
        confirmLabel="Delete"
        keepLabel="Keep it"
        opened={deleting}
        onClose={dialog.close}
        onConfirm={() => commands.remove(name)}
      >
        <strong>{name}</strong> leaves the disk, {formatBytes(model.fileBytes)}, and the memory of the workers.{' '}
        {official ? 'It can be pulled again.' : 'It is not a published file: keep a copy if you may want it again.'}
      </ConfirmDialog>
    </>
  );
}
