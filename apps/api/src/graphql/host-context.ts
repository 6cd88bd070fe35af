import type { ExecutionResult } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { GraphqlContext } from './context.js';
import type { StageTimes } from './stage-times.js';

/** What the HTTP host hands over with a request, and what it gets back beside the response. */
export interface HostContext extends GraphqlContext {
  /** A body that the host has read; undefined for GET, whose operation stands in the address. */
  readonly operation: GraphQLParams | undefined;
  readonly isUpload: boolean;
  readonly stageTimes: StageTimes;
  /** Results of a subscription: the host sends them itself, see event-stream. */
  readonly streamed: { results?: AsyncIterable<ExecutionResult> };
}
