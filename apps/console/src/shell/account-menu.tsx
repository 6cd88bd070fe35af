'use client';

import { ActionIcon, Menu } from '@mantine/core';
import { IconKeyboard, IconLogout, IconUser } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useApiUrl } from '../api/api-context';
import { useSession } from '../api/session-context';
import { signOut } from '../api/sign-in';
import { useCommands } from './commands-context';

export function AccountMenu() {
  const apiUrl = useApiUrl();
  const router = useRouter();
  const { viewer } = useSession();
  const { openShortcuts } = useCommands();
  const leave = async () => {
    await signOut(apiUrl);
    router.replace('/sign-in');
  };
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Account: ${viewer.name}`}>
          <IconUser size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label c="dimmed">
          {viewer.name} · {viewer.scope.toLowerCase()}
        </Menu.Label>
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={openShortcuts}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
