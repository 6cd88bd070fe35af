import type { ExecutionResult } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { GraphqlContext } from './context.js';

/** Milliseconds of each stage that an operation went through, in their order. */
export type StageTimes = Map<'parse' | 'validate' | 'execute', number>;

/** What the HTTP host hands over with a request, and what it gets back beside the response. */
export interface HostContext extends GraphqlContext {
  /** A body that the host has read; undefined for GET, whose operation stands in the address. */
  readonly operation: GraphQLParams | undefined;
  readonly isUpload: boolean;
  readonly stageTimes: StageTimes;
  /** Results of a subscription: the host sends them itself, see event-stream. */
  readonly streamed: { results?: AsyncIterable<ExecutionResult> };
}
