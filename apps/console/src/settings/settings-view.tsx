'use client';

import { Stack, Tabs } from '@mantine/core';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { Suspense, type ReactNode } from 'react';
import { useSession } from '../api/session-context';
import { MessageState } from '../shell/message-state';
import { PageHead } from '../ui/page-head';
import { ApiKeys } from './api-keys';
import { Presets } from './presets';
import { Retention } from './retention';
import { Webhooks } from './webhooks';

const TABS = ['keys', 'webhooks', 'presets', 'retention'] as const;
type Tab = (typeof TABS)[number];
const LABELS: Readonly<Record<Tab, string>> = {
  keys: 'API keys',
  webhooks: 'Webhooks',
  presets: 'Presets',
  retention: 'Retention',
};
const BODIES: Readonly<Record<Tab, () => ReactNode>> = {
  keys: ApiKeys,
  webhooks: Webhooks,
  presets: Presets,
  retention: Retention,
};

function Settings() {
  const [tab, setTab] = useQueryState('tab', parseAsStringLiteral(TABS).withDefault('keys'));
  return (
    <Stack gap="md">
      <PageHead title="Settings" />
      <Tabs value={tab} keepMounted={false} onChange={(value) => void setTab(value as Tab | null)}>
        <Tabs.List mb="md">
          {TABS.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {LABELS[value]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((value) => {
          const Body = BODIES[value];
          return (
            <Tabs.Panel key={value} value={value}>
              <Stack gap="md">
                <Body />
              </Stack>
            </Tabs.Panel>
          );
        })}
      </Tabs>
    </Stack>
  );
}

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
    <Suspense>
      <Settings />
    </Suspense>
  );
}
