import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { HostContext, StageTimes } from './host-context.js';

/** Times the stages of each operation for the header Server-Timing. A document that is known already takes no time to parse or validate. */
export function useStageTimes(): Plugin<object, HostContext> {
  return {
    onParse({ context }) {
      const stop = start(context, 'parse');
      return () => {
        stop();
      };
    },
    onValidate({ context }) {
      const stop = start(context, 'validate');
      return () => {
        stop();
      };
    },
    onExecute({ args }) {
      const stop = start(args.contextValue, 'execute');
      return {
        onExecuteDone({ result }) {
          if (!isAsyncIterable(result)) stop();
        },
      };
    },
  };
}

/** As the header wants it: `parse;dur=0.2, execute;dur=3.1`. */
export function describeStageTimes(times: StageTimes): string {
  return [...times].map(([stage, milliseconds]) => `${stage};dur=${milliseconds.toFixed(1)}`).join(', ');
}

/** Yoga's types do not tell hooks of plugins what the host's context holds. */
function start(context: object, stage: Parameters<StageTimes['set']>[0]): () => void {
  const { stageTimes } = context as HostContext;
  const startedAt = performance.now();
  return () => stageTimes.set(stage, performance.now() - startedAt);
}
