'use client';

import { Button, Container, Stack, Text, Title } from '@mantine/core';
import { useApiUrl } from '../api/api-context';

interface UnreachableStateProps {
  readonly message: string;
  readonly onRetry: () => void;
}

/** The API cannot be asked who is there. The page goes on trying by itself. */
export function UnreachableState({ message, onRetry }: UnreachableStateProps) {
  const apiUrl = useApiUrl();
  return (
    <Container component="main" size="xs" py={80}>
      <Stack align="flex-start" role="alert">
        <Title order={1} size="h3">
          The API is not answering
        </Title>
        <Text c="dimmed">{message}</Text>
        <Text c="dimmed" size="sm">
          Address: <code>{apiUrl}</code>. This page tries again every few seconds.
        </Text>
        <Button onClick={onRetry}>Try now</Button>
      </Stack>
    </Container>
  );
}
