'use client';

import { notifications } from '@mantine/notifications';
import { useMemo } from 'react';
import { useClient, type AnyVariables, type TypedDocumentNode } from 'urql';
import {
  CancelDocument,
  DeleteDocument,
  PauseDocument,
  ResumeDocument,
  RetryDocument,
  SetPriorityDocument,
} from '../api/commands';
import { describeError } from '../api/session-errors';
import type { TranscriptionPriority } from '../gql/graphql';

interface CommandData {
  readonly result: { readonly __typename: string; readonly message?: string };
}

/** Each command resolves to true when the server has done it; otherwise it has told the reader why not. */
export interface JobCommands {
  readonly cancel: (id: string) => Promise<boolean>;
  readonly pause: (id: string) => Promise<boolean>;
  readonly resume: (id: string) => Promise<boolean>;
  readonly retry: (id: string, model?: string) => Promise<boolean>;
  readonly remove: (id: string) => Promise<boolean>;
  readonly setPriority: (id: string, priority: TranscriptionPriority) => Promise<boolean>;
}

export function useJobCommands(): JobCommands {
  const client = useClient();
  return useMemo(() => {
    async function run<Variables extends AnyVariables>(
      title: string,
      document: TypedDocumentNode<CommandData, Variables>,
      variables: Variables,
    ): Promise<boolean> {
      const { data, error } = await client.mutation(document, variables).toPromise();
      const message = error === undefined ? data?.result.message : describeError(error);
      if (message === undefined) return true;
      notifications.show({ color: 'red', title, message });
      return false;
    }
    return {
      cancel: (id) => run('Not cancelled', CancelDocument, { id }),
      pause: (id) => run('Not paused', PauseDocument, { id }),
      resume: (id) => run('Not resumed', ResumeDocument, { id }),
      retry: (id, model) => run('Not started again', RetryDocument, { id, model: model ?? null }),
      remove: (id) => run('Not deleted', DeleteDocument, { id }),
      setPriority: (id, priority) => run('Priority not changed', SetPriorityDocument, { id, priority }),
    };
  }, [client]);
}
