'use client';

import { Container, Loader } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useConsoleStream } from '../api/console-stream';
import classes from './console-shell.module.css';

/** A drop that heals at once needs no banner. */
const PATIENCE_MILLISECONDS = 800;

/** Says that what is shown may be old, while the live stream is away. */
export function ConnectionBanner() {
  const { status } = useConsoleStream();
  const [steady] = useDebouncedValue(status, PATIENCE_MILLISECONDS);
  const lost = status === 'reconnecting' && steady === 'reconnecting';
  return (
    <div role="status" aria-live="polite">
      {lost ? (
        <div className={classes.bannerBar}>
          <Container size="xl" className={classes.banner}>
            <Loader size={14} color="currentColor" /> Live updates are interrupted. Reconnecting; nothing is lost.
          </Container>
        </div>
      ) : null}
    </div>
  );
}
