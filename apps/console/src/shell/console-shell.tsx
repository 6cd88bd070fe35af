'use client';

import { Container, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { SystemStrip } from '../system/system-strip';
import { DropOverlay } from '../upload/drop-overlay';
import { UploadList } from '../upload/upload-list';
import { useUploads } from '../upload/upload-context';
import { useFileDrop } from '../upload/use-file-drop';
import { ConnectionBanner } from './connection-banner';
import { ConsoleHeader } from './console-header';
import classes from './console-shell.module.css';

export function ConsoleShell({ children }: { children: ReactNode }) {
  const { add } = useUploads();
  const hovering = useFileDrop(add);
  return (
    <>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <ConsoleHeader />
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
          <UploadList />
          {children}
        </Stack>
      </Container>
      {hovering ? <DropOverlay /> : null}
    </>
  );
}
