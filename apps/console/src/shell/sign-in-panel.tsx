'use client';

import { Alert, Button, Container, Loader, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useRouter, useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useState, type SubmitEvent } from 'react';
import { useApiUrl } from '../api/api-context';
import { signIn, type Credentials } from '../api/sign-in';
import { Wordmark } from './wordmark';

/** Only pages of this console: an address in a link must not lead elsewhere after signing in. */
function safeReturnPath(from: string | null): string {
  return from !== null && /^\/(?![/\\])/.test(from) ? from : '/jobs';
}

/** Links carry the token behind the hash, where no server and no log sees it; one in the query is taken as well. */
function tokenOf({ hash, search }: Location): string | null {
  return new URLSearchParams(hash.slice(1)).get('token') ?? new URLSearchParams(search).get('token');
}

export function SignInPanel() {
  const apiUrl = useApiUrl();
  const router = useRouter();
  const search = useSearchParams();
  const [apiKey, setApiKey] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [linkInUse, setLinkInUse] = useState(false);
  const returnPath = safeReturnPath(search.get('from'));

  const attempt = useCallback(
    async (credentials: Credentials) => {
      setBusy(true);
      setProblem(undefined);
      const outcome = await signIn(apiUrl, credentials);
      if (outcome.ok) return router.replace(returnPath);
      setBusy(false);
      setLinkInUse(false);
      setProblem(outcome.message);
    },
    [apiUrl, router, returnPath],
  );

  useEffect(() => {
    const useLink = () => {
      const token = tokenOf(window.location);
      if (token === null) return;
      // Out of the address bar and the history before anything else: a token must not survive in either.
      window.history.replaceState(null, '', window.location.pathname);
      setLinkInUse(true);
      void attempt({ token });
    };
    useLink();
    window.addEventListener('hashchange', useLink);
    return () => window.removeEventListener('hashchange', useLink);
  }, [attempt]);

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
              {linkInUse ? (
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
          No link and no key? On the server, run{' '}
          <code style={{ whiteSpace: 'nowrap' }}>npm run vt -- sign-in-link</code>.
        </Text>
      </Stack>
    </Container>
  );
}
