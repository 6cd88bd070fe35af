import { AudioError } from '@voice-transcriber/audio';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Logger } from '@voice-transcriber/telemetry';
import type { GraphqlContext } from './context.js';
import { requestError } from './request-error.js';

/** Keeps errors that were made for clients; hides all others, whose details belong into the log alone. */
export function maskError(error: unknown): GraphQLError {
  const original = originalOf(error);
  if (original === undefined) return error as GraphQLError;
  const position = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
  if (original instanceof AudioError) {
    return new GraphQLError(original.message, { ...position, extensions: { code: original.code } });
  }
  const masked = requestError('internal-error', 'The server failed. Try again; if it stays so, look into its log.');
  return new GraphQLError(masked.message, { ...position, extensions: masked.extensions });
}

/** The error below GraphQL's own; undefined when GraphQL or we made it for the client. */
function originalOf(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error ?? new Error('Something empty was thrown.');
  return error.originalError === undefined || error.originalError === null
    ? undefined
    : originalOf(error.originalError);
}

/** Gives every error a code and the request's id, by which the log is searched. */
export function useErrorFormat(): Plugin<object, GraphqlContext> {
  return {
    onExecutionResult(payload) {
      const { result } = payload;
      const { requestId } = payload.context;
      if (result === undefined) return;
      payload.setResult(isAsyncIterable(result) ? formatEach(result, requestId) : formatErrors(result, requestId));
    },
  };
}

async function* formatEach(
  results: AsyncIterable<ExecutionResult>,
  requestId: string,
): AsyncGenerator<ExecutionResult> {
  for await (const result of results) yield formatErrors(result, requestId);
}

export function formatErrors(result: ExecutionResult, requestId: string): ExecutionResult {
  if (result.errors === undefined) return result;
  const errors = result.errors.map((error) => {
    const { code, ...extensions } = error.extensions;
    return new GraphQLError(error.message, {
      nodes: error.nodes ?? null,
      source: error.source ?? null,
      positions: error.positions ?? null,
      path: error.path ?? null,
      extensions: { ...extensions, code: isOurCode(code) ? code : 'document-invalid', requestId },
    });
  });
  return { ...result, errors };
}

/** Ours are kebab-case; the library has its own for what is wrong with a document. */
function isOurCode(code: unknown): code is string {
  return typeof code === 'string' && /^[a-z-]+$/.test(code);
}

/** Yoga logs what `maskError` replaced. */
export function yogaLogger(logger: Logger) {
  const silent = (): void => undefined;
  return {
    debug: silent,
    info: silent,
    warn: (...details: unknown[]) => logger.warn({ details }, 'GraphQL warning'),
    error: (error: unknown) => logger.error({ error }, 'An operation failed'),
  };
}
