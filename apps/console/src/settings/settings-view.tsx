'use client';

import { Stack } from '@mantine/core';
import { useSession } from '../api/session-context';
import { MessageState } from '../shell/message-state';
import { PageHead } from '../ui/page-head';
import { ApiKeys } from './api-keys';

export function SettingsView() {
  const { viewer } = useSession();
  if (viewer.scope !== 'ADMIN')
    return (
      <MessageState
        title="Settings are for administrators"
        text="You are signed in without the right to change them. Ask for a link or a key of an administrator."
        linkLabel="All jobs"
        linkHref="/jobs"
      />
    );
  return (
    <Stack gap="md">
      <PageHead title="Settings" />
      <ApiKeys />
    </Stack>
  );
}
