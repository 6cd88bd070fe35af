'use client';

import { Button, Stack, Text, Title } from '@mantine/core';
import Link from 'next/link';

export interface Message {
  readonly title: string;
  readonly text: string;
  readonly linkLabel: string;
  readonly linkHref: string;
}

/** Says why there is nothing to show, and where to go from here. */
export function MessageState({ title, text, linkLabel, linkHref }: Message) {
  return (
    <Stack align="flex-start" maw={520} mx="auto" py={48}>
      <Title order={1} size="h3">
        {title}
      </Title>
      <Text c="dimmed">{text}</Text>
      <Button renderRoot={(props) => <Link href={linkHref} {...props} />}>{linkLabel}</Button>
    </Stack>
  );
}
