import { Container, Skeleton, Stack, VisuallyHidden } from '@mantine/core';

/** The outline of the console, while it is not known who is there. */
export function ConsoleLoading() {
  return (
    <Container component="main" size="xl" py="md" aria-busy="true">
      <VisuallyHidden>
        <h1>Voice Transcriber</h1>
        <p role="status">Loading the console</p>
      </VisuallyHidden>
      <Stack gap="lg">
        <Skeleton height={32} width={180} />
        <Skeleton height={64} />
        <Skeleton height={96} />
        <Skeleton height={240} />
      </Stack>
    </Container>
  );
}
