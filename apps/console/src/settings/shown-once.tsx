'use client';

import { Button, CopyButton, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './settings.module.css';

interface ShownOnceProps {
  readonly title: string;
  readonly secret: string;
  readonly onDone: () => void;
}

/** A secret that the server will never tell again. */
export function ShownOnce({ title, secret, onDone }: ShownOnceProps) {
  return (
    <section className={classes.secret} aria-label={title} role="status">
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Text size="sm" c="dimmed">
        Copy it now: the server does not tell it again.
      </Text>
      <code className={classes.secretText}>{secret}</code>
      <div className={classes.buttons}>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button size="compact-sm" variant="subtle" onClick={onDone}>
          I have it
        </Button>
      </div>
    </section>
  );
}
