import { Kind, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { HostContext } from './host-context.js';
import { requestError } from './request-error.js';

/** Reading a model of 3 GB from a slow disk takes minutes, and so does fetching a recording from an address. */
const LONG_FIELDS = ['verifyModel', 'createTranscription'];
const LONG_FACTOR = 20;

/** Answers with `deadline-exceeded` when an operation takes longer. Uploads have their own watch, subscriptions none. */
export function useDeadline(secondsMaxUsual: number): Plugin<object, HostContext> {
  return {
    onExecute({ executeFn, setExecuteFn, args }) {
      if ((args.contextValue as unknown as HostContext).isUpload) return;
      const secondsMax = isLong(args.document as DocumentNode) ? LONG_FACTOR * secondsMaxUsual : secondsMaxUsual;
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

function isLong({ definitions }: DocumentNode): boolean {
  return definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.selectionSet.selections.some(
        (selection) => selection.kind === Kind.FIELD && LONG_FIELDS.includes(selection.name.value),
      ),
  );
}
