'use client';

import { Alert, Button, Container, Loader, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { useApiUrl } from '../api/api-context';
import { signIn, type Credentials } from '../api/sign-in';
import { Wordmark } from './wordmark';

/** Only pages of this console: an address in a link must not lead elsewhere after signing in. */
function safeReturnPath(from: string | null): string {
  return from !== null && /^\/(?![/\\])/.test(from) ? from : '/jobs';
}

export function SignInPanel() {
  const apiUrl = useApiUrl();
  const router = useRouter();
  const search = useSearchParams();
  const [apiKey, setApiKey] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const usedToken = useRef<string>(undefined);
  const returnPath = safeReturnPath(search.get('from'));
  const token = search.get('token');

  async function attempt(credentials: Credentials): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    const outcome = await signIn(apiUrl, credentials);
    if (outcome.ok) return router.replace(returnPath);
    setBusy(false);
    setProblem(outcome.message);
  }

  useEffect(() => {
    if (token === null || usedToken.current === token) return;
    usedToken.current = token;
    // Out of the address bar and the history before anything else: a token must not survive in either.
    window.history.replaceState(null, '', window.location.pathname);
    void attempt({ token });
  });

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (apiKey.trim() === '') return setProblem('Enter an API key.');
    void attempt({ apiKey: apiKey.trim() });
  };

  return (
    <Container component="main" size={420} py={{ base: 32, sm: 96 }}>
      <Stack gap="lg">
        <Wordmark />
        <Paper withBorder p="lg" bg="var(--surface)">
          <form onSubmit={submit} noValidate>
            <Stack>
              <Title order={1} size="h4">
                Sign in
              </Title>
              {busy && usedToken.current !== undefined && apiKey === '' ? (
                <Text role="status" c="dimmed">
                  <Loader size="xs" mr="xs" /> Signing in with your link…
                </Text>
              ) : null}
              {problem === undefined ? null : (
                <Alert color="red" variant="outline" role="alert">
                  <Text size="sm">{problem}</Text>
                </Alert>
              )}
              <PasswordInput
                label="API key"
                description="Begins with vt_. The server prints a one-time sign-in link when it starts; that works as well."
                leftSection={<IconKey size={16} aria-hidden />}
                autoComplete="current-password"
                value={apiKey}
                onChange={(event) => setApiKey(event.currentTarget.value)}
                disabled={busy}
                visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
              />
              <Button type="submit" loading={busy}>
                Sign in
              </Button>
            </Stack>
          </form>
        </Paper>
        <Text size="sm" c="dimmed">
          No link and no key? On the server, run <code>npm run vt -- sign-in-link</code>.
        </Text>
      </Stack>
    </Container>
  );
}
