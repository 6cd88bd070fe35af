export type Credentials = { readonly token: string } | { readonly apiKey: string };

export type SignInOutcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

async function messageOf(response: Response): Promise<string | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null || !('errors' in body) || !Array.isArray(body.errors)) return undefined;
  const [first] = body.errors as readonly unknown[];
  return typeof first === 'object' && first !== null && 'message' in first ? String(first.message) : undefined;
}

/** Exchanges a one-time token or an API key for the session cookie. Never throws. */
export async function signIn(apiUrl: string, credentials: Credentials): Promise<SignInOutcome> {
  try {
    const response = await fetch(`${apiUrl}/auth/sign-in`, {
      method: 'POST',
      credentials: 'include',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials),
      signal: AbortSignal.timeout(15_000),
    });
    if (response.ok) return { ok: true };
    const fallback =
      'token' in credentials
        ? 'This sign-in link was used before or has expired. Ask for a new one.'
        : 'This key is not valid. Check that it was copied whole.';
    return {
      ok: false,
      message:
        response.status < 500
          ? ((await messageOf(response)) ?? fallback)
          : `The server failed (HTTP ${response.status}). Try again.`,
    };
  } catch {
    return { ok: false, message: `Could not reach the API at ${apiUrl}. Check that it is running.` };
  }
}

/** Ends the session on the server. Never throws: whatever happens, the page goes to the sign-in form. */
export async function signOut(apiUrl: string): Promise<void> {
  try {
    await fetch(`${apiUrl}/auth/sign-out`, {
      method: 'POST',
      credentials: 'include',
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    // The cookie may survive when the server is away; the form says so by letting the next page load straight through.
  }
}
