'use client';

import { ActionIcon, Container, Menu } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useApiUrl } from '../api/api-context';
import { useSession } from '../api/session-context';
import { signOut } from '../api/sign-in';
import { ColorSchemeToggle } from './color-scheme-toggle';
import classes from './console-shell.module.css';
import { Wordmark } from './wordmark';

export function ConsoleHeader() {
  const apiUrl = useApiUrl();
  const router = useRouter();
  const pathname = usePathname();
  const { viewer } = useSession();
  const leave = async () => {
    await signOut(apiUrl);
    router.replace('/sign-in');
  };
  return (
    <header className={classes.header}>
      <Container size="xl" px={{ base: 'sm', sm: 'md' }} className={classes.headerInner}>
        <Link href="/jobs" className="plain-link" aria-label="Voice Transcriber, to the jobs">
          <Wordmark />
        </Link>
        <nav className={classes.nav} aria-label="Main">
          <Link
            href="/jobs"
            className={classes.navLink}
            {...(pathname === '/jobs' && { 'aria-current': 'page' as const })}
          >
            Jobs
          </Link>
        </nav>
        <ColorSchemeToggle />
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
            <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
              Sign out
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Container>
    </header>
  );
}
