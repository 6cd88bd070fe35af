import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { ExecutionResult } from 'graphql';
import { createYoga, isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Logger } from '@voice-transcriber/telemetry';
import type { ApiMetrics } from '@voice-transcriber/telemetry/metrics';
import { GRAPHIQL_TABS } from './graphiql-tabs.js';
import { useDeadline } from './deadline.js';
import { maskError, useErrorFormat, yogaLogger } from './format-errors.js';
import type { HostContext } from './host-context.js';
import { useOperationMetrics } from './operation-metrics.js';
import { useQueryLimits } from './query-limits.js';
import { schema } from './schema.js';
import { useStageTimes } from './stage-times.js';

const DEADLINE_SECONDS = 10;

/**
 * GraphQL over HTTP without the parts that the host does itself: reading bodies (its limits and guards come first), cross-origin headers,
 * and sending streams (its writes wait for the reader).
 */
export function createGraphqlServer({ logger, metrics }: { readonly logger: Logger; readonly metrics: ApiMetrics }) {
  return createYoga<HostContext>({
    schema,
    graphqlEndpoint: '/graphql',
    cors: false,
    multipart: false,
    batching: false,
    landingPage: false,
    maxRequestBodySize: false,
    // What is wrong is not worth keeping: a thousand wrong documents of any length would be.
    parserAndValidationCache: { errorCache: { get: () => undefined, set: () => undefined } },
    graphiql: { title: 'Voice Transcriber', credentials: 'include', defaultTabs: [...GRAPHIQL_TABS] },
    renderGraphiQL,
    logging: yogaLogger(logger),
    maskedErrors: { maskError },
    plugins: [
      useOperationMetrics(metrics),
      useStageTimes(),
      useHostOperation(),
      useHostStream(),
      useQueryLimits(),
      useDeadline(DEADLINE_SECONDS),
      useErrorFormat(),
    ],
  });
}

export type GraphqlServer = ReturnType<typeof createGraphqlServer>;

function useHostOperation(): Plugin<object, HostContext> {
  return {
    onRequestParse({ serverContext, setRequestParser }) {
      const { operation } = serverContext;
      if (operation !== undefined) setRequestParser(() => operation);
    },
  };
}

function useHostStream(): Plugin<object, HostContext> {
  return {
    onResultProcess(payload) {
      const { result, resultProcessor } = payload;
      // Without a processor the client accepts no event stream: 406 is the answer.
      if (!isAsyncIterable(result) || resultProcessor === undefined) return;
      payload.serverContext.streamed.results = result as AsyncIterable<ExecutionResult>;
      payload.setResultProcessor(
        (_result, fetchApi) => new fetchApi.Response(null, { status: 200 }),
        'text/event-stream',
      );
    },
  };
}
