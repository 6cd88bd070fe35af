'use client';

import { useRouter } from 'next/navigation';
import { createContext, use, useMemo, type ReactNode } from 'react';
import { Provider } from 'urql';
import { resolveApiUrl } from './api-address';
import { createGraphqlClient } from './graphql-client';

const ApiUrlContext = createContext<string | undefined>(undefined);

/** Address of the API without a trailing slash, as this browser calls it. */
export function useApiUrl(): string {
  const apiUrl = use(ApiUrlContext);
  if (apiUrl === undefined) throw new Error('useApiUrl needs an ApiProvider above it.');
  return apiUrl;
}

export function ApiProvider({ configuredUrl, children }: { configuredUrl: string; children: ReactNode }) {
  const router = useRouter();
  const apiUrl = resolveApiUrl(configuredUrl, typeof window === 'undefined' ? undefined : window.location.hostname);
  const client = useMemo(() => {
    const onSessionLost = () => {
      const { pathname, search } = window.location;
      if (pathname !== '/sign-in') router.replace(`/sign-in?from=${encodeURIComponent(pathname + search)}`);
    };
    return createGraphqlClient(apiUrl, onSessionLost);
  }, [apiUrl, router]);
  return (
    <ApiUrlContext value={apiUrl}>
      <Provider value={client}>{children}</Provider>
    </ApiUrlContext>
  );
}
