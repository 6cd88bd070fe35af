'use client';

import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { useClient, type AnyVariables, type TypedDocumentNode } from 'urql';
import { describeError } from './session-errors';

interface Failure {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
}

/** What a mutation answers, without its expected failures. */
type Success<Result> = Exclude<Result, Failure>;

type Run = <Result extends object, Variables extends AnyVariables>(
  /** Says what did not happen, for the case that it does not. */
  failureTitle: string,
  document: TypedDocumentNode<{ readonly result: Result }, Variables>,
  variables: Variables,
) => Promise<Success<Result> | undefined>;

/** Runs a mutation whose field is named `result`. Resolves to undefined when it was not done; the reader has been told why. */
export function useCommand(): Run {
  const client = useClient();
  return useCallback<Run>(
    async (failureTitle, document, variables) => {
      const { data, error } = await client.mutation(document, variables).toPromise();
      const result = data?.result;
      const refusal = result !== undefined && 'message' in result ? String(result.message) : undefined;
      const message = error === undefined ? refusal : describeError(error);
      if (message === undefined && result !== undefined) return result as Success<typeof result>;
      notifications.show({ color: 'red', title: failureTitle, message: message ?? 'The server gave no answer.' });
      return undefined;
    },
    [client],
  );
}
