'use client';

import { Container, Stack } from '@mantine/core';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { useSession } from '../api/session-context';
import { SystemStrip } from '../system/system-strip';
import { DropOverlay } from '../upload/drop-overlay';
import { UploadList } from '../upload/upload-list';
import { useUploads } from '../upload/upload-context';
import { useFileDrop } from '../upload/use-file-drop';
import { CommandsProvider } from './commands-context';
import { ConnectionBanner } from './connection-banner';
import classes from './console-shell.module.css';
import { Sidebar } from './sidebar';
import { TopBar } from './top-bar';

export function ConsoleShell({ children }: { children: ReactNode }) {
  const { add } = useUploads();
  const { viewer } = useSession();
  const pathname = usePathname();
  const hovering = useFileDrop(add, viewer.scope !== 'READ');
  return (
    <CommandsProvider>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <div className={classes.frame}>
        <Sidebar />
        <div className={classes.column}>
          <TopBar />
          <ConnectionBanner />
          <SystemStrip />
          <Container
            component="main"
            id="content"
            tabIndex={-1}
            size="xl"
            py="lg"
            px={{ base: 'sm', sm: 'md' }}
            className={classes.main}
          >
            <Stack gap="lg">
              {pathname === '/new' ? null : <UploadList />}
              {children}
            </Stack>
          </Container>
        </div>
      </div>
      {hovering ? <DropOverlay /> : null}
    </CommandsProvider>
  );
}
