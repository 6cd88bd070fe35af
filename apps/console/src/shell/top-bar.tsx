'use client';

import { ActionIcon, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import Link from 'next/link';
import { AccountMenu } from './account-menu';
import { ColorSchemeToggle } from './color-scheme-toggle';
import { useCommands } from './commands-context';
import classes from './console-shell.module.css';
import { Navigation } from './navigation';
import { Wordmark } from './wordmark';

/** The head of the page on a narrow screen, with the navigation behind a button. */
export function TopBar() {
  const [open, drawer] = useDisclosure(false);
  const { openPalette } = useCommands();
  return (
    <header className={classes.topBar}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Open the navigation" onClick={drawer.open}>
        <IconMenu2 size={20} aria-hidden />
      </ActionIcon>
      <Link
        href="/overview"
        className={`plain-link ${classes.topBarName}`}
        aria-label="Voice Transcriber, to the overview"
      >
        <Wordmark />
      </Link>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Find or do" onClick={openPalette}>
        <IconSearch size={18} aria-hidden />
      </ActionIcon>
      <ColorSchemeToggle />
      <AccountMenu />
      <Drawer
        opened={open}
        onClose={drawer.close}
        size={260}
        title={<Wordmark />}
        portalProps={{ target: '#content' }}
        closeButtonProps={{ 'aria-label': 'Close the navigation' }}
      >
        <Navigation onNavigate={drawer.close} />
      </Drawer>
    </header>
  );
}
