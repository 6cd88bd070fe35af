'use client';

import { notifications } from '@mantine/notifications';
import { useMemo, useState } from 'react';
import { useClient, type AnyVariables, type TypedDocumentNode } from 'urql';
import { describeError } from '../api/session-errors';
import type { BulkFieldsFragment, TranscriptionPriority, TranscriptionSelection } from '../gql/graphql';
import {
  CancelManyDocument,
  DeleteManyDocument,
  RetryManyDocument,
  SetManyPrioritiesDocument,
} from '../api/bulk-documents';

interface BulkData {
  readonly result: BulkFieldsFragment;
}

export interface BulkCommands {
  readonly busy: boolean;
  readonly cancel: (selection: TranscriptionSelection) => Promise<boolean>;
  readonly retry: (selection: TranscriptionSelection, model?: string) => Promise<boolean>;
  readonly remove: (selection: TranscriptionSelection) => Promise<boolean>;
  readonly setPriority: (selection: TranscriptionSelection, priority: TranscriptionPriority) => Promise<boolean>;
}

/** The server does as many as fit into one request; asked again, it goes on. Far more rounds than a million jobs take. */
const ROUNDS_MAX = 2000;

const jobs = (count: number): string => (count === 1 ? '1 job' : `${count.toLocaleString('en')} jobs`);

/** Each command resolves to true when the server did it; what it refused, and why, has then been told. */
export function useBulkCommands(): BulkCommands {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const commands = useMemo(() => {
    async function run<Variables extends AnyVariables>(
      done: string,
      document: TypedDocumentNode<BulkData, Variables>,
      variables: Variables,
    ): Promise<boolean> {
      let changed = 0;
      let refused = 0;
      let reason: string | undefined;
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const { data, error } = await client.mutation(document, variables).toPromise();
        const result = data?.result;
        if (result?.__typename !== 'BulkPayload') {
          const message =
            error === undefined ? (result?.message ?? 'The server gave no answer.') : describeError(error);
          notifications.show({ color: 'red', title: `${jobs(changed)} ${done}, then it stopped`, message });
          return false;
        }
        changed += result.changed;
        refused += result.refusedCount;
        reason ??= result.refused[0]?.message;
        if (result.remaining === 0) break;
      }
      if (refused > 0)
        notifications.show({
          color: 'yellow',
          title: `${jobs(changed)} ${done}, ${refused} refused`,
          message: reason ?? 'They were not in a state that allows it.',
        });
      else notifications.show({ title: `${jobs(changed)} ${done}`, message: changed === 0 ? 'None needed it.' : '' });
      return true;
    }
    const busily = async (work: Promise<boolean>): Promise<boolean> => {
      setBusy(true);
      try {
        return await work;
      } finally {
        setBusy(false);
      }
    };
    return {
      cancel: (selection: TranscriptionSelection) => busily(run('cancelled', CancelManyDocument, { selection })),
      retry: (selection: TranscriptionSelection, model?: string) =>
        busily(run('started again', RetryManyDocument, { selection, model: model ?? null })),
      remove: (selection: TranscriptionSelection) => busily(run('deleted', DeleteManyDocument, { selection })),
      setPriority: (selection: TranscriptionSelection, priority: TranscriptionPriority) =>
        busily(run('given another priority', SetManyPrioritiesDocument, { selection, priority })),
    };
  }, [client]);
  return { ...commands, busy };
}
