import type { WorkerRow, WorkerState } from '@voice-transcriber/db';
import { commandWorker } from '@voice-transcriber/jobs';
import { builder } from './builder.js';
import { ErrorInterface, type ExpectedFailure } from './error-interface.js';
import { decodeRowId } from './global-id.js';
import { notFound, NotFoundError } from './not-found-error.js';
import { Worker, WorkerStateEnum } from './worker.js';

interface WorkerResult {
  readonly __typename: 'WorkerPayload';
  readonly worker: WorkerRow;
}

interface WorkerStateFailure extends ExpectedFailure {
  readonly __typename: 'WorkerStateError';
  readonly state: WorkerState;
}

const WorkerPayload = builder.objectRef<WorkerResult>('WorkerPayload').implement({
  fields: (t) => ({ worker: t.expose('worker', { type: Worker }) }),
});

const WorkerStateError = builder.objectRef<WorkerStateFailure>('WorkerStateError').implement({
  description: 'code: invalid-state',
  interfaces: [ErrorInterface],
  isTypeOf: (value) => (value as WorkerStateFailure).__typename === 'WorkerStateError',
  fields: (t) => ({ state: t.expose('state', { type: WorkerStateEnum }) }),
});

const WorkerResultUnion = builder.unionType('WorkerResult', {
  types: [WorkerPayload, NotFoundError, WorkerStateError],
  resolveType: ({ __typename }) => __typename,
});

const WorkerIdInput = builder.inputType('WorkerIdInput', { fields: (t) => ({ id: t.id({ required: true }) }) });

const COMMANDS = {
  drainWorker: [
    'drain',
    'It finishes the parts that it works on, however long they take, and takes no others until it is resumed.',
  ],
  resumeWorker: ['resume', 'A draining worker takes work again, as soon as what still runs has ended.'],
  stopWorker: [
    'stop',
    'Ends the process within 21 s: at the next window border, giving the rest of its work to others. "vt up" does not start it again; another supervisor may.',
  ],
} as const;

for (const [name, [command, description]] of Object.entries(COMMANDS)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: WorkerResultUnion,
      description,
      authScopes: { admin: true },
      args: { input: t.arg({ type: WorkerIdInput, required: true }) },
      resolve: async (_parent, { input }, { services }) => {
        const id = decodeRowId(input.id, 'Worker');
        if (id === undefined) return notFound('worker');
        const outcome = await commandWorker(services.db, { id, command });
        if (outcome.ok) return { __typename: 'WorkerPayload' as const, worker: outcome.worker };
        if (outcome.code === 'not-found') return notFound('worker');
        return { __typename: 'WorkerStateError' as const, ...outcome };
      },
    }),
  );
}
