'use client';

import { Kbd } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import Link from 'next/link';
import { AccountMenu } from './account-menu';
import { ColorSchemeToggle } from './color-scheme-toggle';
import { useCommands } from './commands-context';
import { useCommandKey } from '../ui/use-command-key';
import classes from './console-shell.module.css';
import { Navigation } from './navigation';
import { Wordmark } from './wordmark';

/** Navigation on a wide screen; a narrow one has it in a drawer. */
export function Sidebar() {
  const { openPalette } = useCommands();
  const commandKey = useCommandKey();
  return (
    <header className={classes.sidebar}>
      <div className={classes.sidebarHead}>
        <Link href="/overview" className="plain-link" aria-label="Voice Transcriber, to the overview">
          <Wordmark />
        </Link>
      </div>
      <button type="button" className={classes.finder} onClick={openPalette}>
        <IconSearch size={15} aria-hidden />
        <span className={classes.finderLabel}>Find or do</span>
        <Kbd size="xs">{commandKey}K</Kbd>
      </button>
      <div className={classes.sidebarBody}>
        <Navigation />
      </div>
      <div className={classes.sidebarFoot}>
        <AccountMenu />
        <ColorSchemeToggle />
      </div>
    </header>
  );
}
