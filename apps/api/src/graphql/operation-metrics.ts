import { getOperationAST, Kind, type DocumentNode, type ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { ApiMetrics } from '@voice-transcriber/telemetry/metrics';
import { maskError } from './format-errors.js';
import type { HostContext } from './host-context.js';

interface OperationArguments {
  readonly document: unknown;
  readonly operationName?: string | null | undefined;
}

/**
 * Counts what is executed, by its first field: operation names are the client's, and would be endless. What is refused before that (a document that does not
 * parse, or asks for what there is not) is seen in the HTTP requests.
 *
 * Stands before the other plugins, so that it also sees what they refuse.
 */
export function useOperationMetrics(metrics: ApiMetrics): Plugin<object, HostContext> {
  return {
    onExecute({ args }) {
      const startedAt = performance.now();
      return {
        onExecuteDone({ result }) {
          if (isAsyncIterable(result)) return;
          const labels = { ...describeOperation(args), outcome: outcomeOf(result) };
          metrics.operationEnded(labels, (performance.now() - startedAt) / 1000);
        },
      };
    },
    onSubscribe({ args }) {
      return {
        onSubscribeResult({ result }) {
          if (!isAsyncIterable(result)) return undefined;
          const ended = metrics.subscriptionStarted(describeOperation(args).field);
          return { onEnd: ended };
        },
      };
    },
  };
}

function describeOperation({ document, operationName }: OperationArguments): { type: string; field: string } {
  const operation = getOperationAST(document as DocumentNode, operationName);
  const first = operation?.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD);
  return { type: operation?.operation ?? 'unknown', field: first?.name.value ?? 'fragment' };
}

/** Errors that name what the client did are refusals; ours are those whose details are hidden from it, and what took too long. */
function outcomeOf({ errors = [] }: ExecutionResult): 'ok' | 'refused' | 'failed' {
  if (errors.length === 0) return 'ok';
  const isOurs = errors.some((error) =>
    ['internal-error', 'deadline-exceeded'].includes(String(maskError(error).extensions['code'])),
  );
  return isOurs ? 'failed' : 'refused';
}
