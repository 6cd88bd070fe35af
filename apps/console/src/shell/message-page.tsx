'use client';

import { Button, Container, Stack, Text, Title } from '@mantine/core';
import Link from 'next/link';

interface MessagePageProps {
  readonly title: string;
  readonly text: string;
  readonly linkLabel: string;
  readonly linkHref: string;
}

export function MessagePage({ title, text, linkLabel, linkHref }: MessagePageProps) {
  return (
    <Container component="main" size="xs" py={80}>
      <Stack align="flex-start">
        <Title order={1} size="h3">
          {title}
        </Title>
        <Text c="dimmed">{text}</Text>
        <Button renderRoot={(props) => <Link href={linkHref} {...props} />}>{linkLabel}</Button>
      </Stack>
    </Container>
  );
}
