import { createClient as createStreamClient } from 'graphql-sse';
import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { isSessionLost } from './session-errors';

/**
 * The GraphQL client of this page. Queries are never cached: rows live in the page's own state, kept up to date by the console stream.
 *
 * Streams are one request each and are not retried here: whoever follows one knows the place to resume from (see `followStream`).
 */
export function createGraphqlClient(apiUrl: string, onSessionLost: () => void): Client {
  const url = `${apiUrl}/graphql`;
  const streams = createStreamClient({ url, credentials: 'include', singleConnection: false, retryAttempts: 0 });
  return new Client({
    url,
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: { credentials: 'include' },
    exchanges: [
      mapExchange({
        onResult: (result) => {
          if (isSessionLost(result.error)) onSessionLost();
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: streams.subscribe(
              { query: query ?? '', variables: { ...variables } },
              {
                next: (result) => sink.next(result as Parameters<typeof sink.next>[0]),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
}
