import type { Plugin } from 'graphql-yoga';
import type { HostContext } from './yoga.js';
import { requestError } from './request-error.js';

/** Answers with `deadline-exceeded` when an operation takes longer. Uploads have their own watch, subscriptions none. */
export function useDeadline(secondsMax: number): Plugin<object, HostContext> {
  return {
    onExecute({ executeFn, setExecuteFn, args }) {
      if ((args.contextValue as unknown as HostContext).isUpload) return;
      setExecuteFn(async (executionArgs) => {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<never>((_resolve, reject) => {
          timer = setTimeout(() => {
            reject(
              requestError(
                'deadline-exceeded',
                `The operation took longer than ${secondsMax} s. Ask for less at once.`,
              ),
            );
          }, secondsMax * 1000);
        });
        try {
          return (await Promise.race([executeFn(executionArgs), late])) as unknown;
        } finally {
          clearTimeout(timer);
        }
      });
    },
  };
}
