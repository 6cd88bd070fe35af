import { BenchmarkError, ORDER_DEFAULTS, parseOrder, type BenchmarkOrder } from '@voice-transcriber/benchmark';
import { findBenchmarkRuns, setBenchmarkBaseline, type BenchmarkRunRow } from '@voice-transcriber/db';
import { cancelBenchmark, deleteBenchmark, startBenchmark, type BenchmarkRefused } from '@voice-transcriber/jobs';
import { BenchmarkRun } from './benchmark-run.js';
import { builder } from './builder.js';
import { ErrorInterface, type ExpectedFailure } from './error-interface.js';
import { decodeRowId } from './global-id.js';
import { invalidInput, InvalidInputError } from './invalid-input-error.js';
import { notFound, NotFoundError } from './not-found-error.js';

interface RefusedFailure extends ExpectedFailure {
  readonly __typename: 'BenchmarkRefusedError';
}

const BenchmarkRefusedError = builder.objectRef<RefusedFailure>('BenchmarkRefusedError').implement({
  interfaces: [ErrorInterface],
  isTypeOf: (value) => (value as RefusedFailure).__typename === 'BenchmarkRefusedError',
});

interface RunPayload {
  readonly __typename: 'BenchmarkRunPayload';
  readonly benchmarkRun: BenchmarkRunRow;
}

const BenchmarkRunPayload = builder.objectRef<RunPayload>('BenchmarkRunPayload').implement({
  fields: (t) => ({ benchmarkRun: t.expose('benchmarkRun', { type: BenchmarkRun }) }),
});

interface DeletePayload {
  readonly __typename: 'DeleteBenchmarkRunPayload';
  readonly deletedId: string;
}

const DeleteBenchmarkRunPayload = builder.objectRef<DeletePayload>('DeleteBenchmarkRunPayload').implement({
  fields: (t) => ({ deletedId: t.exposeID('deletedId') }),
});

/** Recordings are the bundled ones: a path on the server is not for clients to name. `vt benchmark --audio` takes a folder. */
const StartBenchmarkInput = builder.inputType('StartBenchmarkInput', {
  fields: (t) => ({
    backends: t.stringList(),
    batches: t.intList({ description: '0: as many windows at once as the backend uses well.' }),
    devices: t.stringList(),
    force: t.boolean({ description: 'Measures although transcriptions are running.' }),
    iterations: t.int(),
    iterationsMax: t.int(),
    models: t.stringList(),
    profile: t.boolean(),
    threads: t.intList(),
    variationMax: t.float({ description: 'Goes on until the last iterations vary by less than this share.' }),
    warmups: t.int(),
  }),
});
const BenchmarkRunIdInput = builder.inputType('BenchmarkRunIdInput', {
  fields: (t) => ({ id: t.id({ required: true }) }),
});

const StartBenchmarkResult = builder.unionType('StartBenchmarkResult', {
  types: [BenchmarkRunPayload, BenchmarkRefusedError, InvalidInputError],
  resolveType: ({ __typename }) => __typename,
});
const CancelBenchmarkResult = builder.unionType('CancelBenchmarkResult', {
  types: [BenchmarkRunPayload, BenchmarkRefusedError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});
const DeleteBenchmarkRunResult = builder.unionType('DeleteBenchmarkRunResult', {
  types: [DeleteBenchmarkRunPayload, BenchmarkRefusedError, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});
const SetBenchmarkBaselineResult = builder.unionType('SetBenchmarkBaselineResult', {
  types: [BenchmarkRunPayload, NotFoundError],
  resolveType: ({ __typename }) => __typename,
});

builder.mutationField('startBenchmark', (t) =>
  t.field({
    type: StartBenchmarkResult,
    authScopes: { admin: true },
    args: { input: t.arg({ type: StartBenchmarkInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      try {
        const started = await startBenchmark(services.db, { order: readOrder(input) });
        return started.ok ? toPayload(started.run) : refused(started);
      } catch (error) {
        if (!(error instanceof BenchmarkError)) throw error;
        return invalidInput(error.field ?? '', error.message);
      }
    },
  }),
);

function readOrder(input: typeof StartBenchmarkInput.$inferInput): BenchmarkOrder {
  return parseOrder({
    backends: input.backends ?? [],
    models: input.models ?? [],
    devices: input.devices ?? [],
    threads: input.threads ?? [],
    batches: (input.batches ?? []).map((batch) => (batch === 0 ? null : batch)),
    iterations: input.iterations ?? ORDER_DEFAULTS.iterations,
    iterationsMax: input.iterationsMax ?? ORDER_DEFAULTS.iterationsMax,
    warmups: input.warmups ?? ORDER_DEFAULTS.warmups,
    variationMax: input.variationMax ?? null,
    profile: input.profile ?? false,
    force: input.force ?? false,
  });
}

builder.mutationField('cancelBenchmark', (t) =>
  t.field({
    type: CancelBenchmarkResult,
    authScopes: { admin: true },
    args: { input: t.arg({ type: BenchmarkRunIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'BenchmarkRun');
      const outcome = id === undefined ? undefined : await cancelBenchmark(services.db, { id });
      if (outcome === undefined || (!outcome.ok && outcome.code === 'not-found')) return notFound('benchmark');
      return outcome.ok ? toPayload(outcome.run) : refused(outcome);
    },
  }),
);

builder.mutationField('deleteBenchmarkRun', (t) =>
  t.field({
    type: DeleteBenchmarkRunResult,
    authScopes: { admin: true },
    args: { input: t.arg({ type: BenchmarkRunIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'BenchmarkRun');
      const outcome = id === undefined ? undefined : await deleteBenchmark(services.db, { id });
      if (outcome === undefined || (!outcome.ok && outcome.code === 'not-found')) return notFound('benchmark');
      if (!outcome.ok) return refused(outcome);
      return { __typename: 'DeleteBenchmarkRunPayload' as const, deletedId: input.id };
    },
  }),
);

builder.mutationField('setBenchmarkBaseline', (t) =>
  t.field({
    type: SetBenchmarkBaselineResult,
    authScopes: { admin: true },
    args: { input: t.arg({ type: BenchmarkRunIdInput, required: true }) },
    resolve: async (_parent, { input }, { services }) => {
      const id = decodeRowId(input.id, 'BenchmarkRun');
      if (id === undefined) return notFound('benchmark');
      const [run] = await services.db.orm.transaction(async (transaction) =>
        (await setBenchmarkBaseline(transaction, { id })) ? findBenchmarkRuns(transaction, { ids: [id] }) : [],
      );
      return run === undefined ? notFound('benchmark') : toPayload(run);
    },
  }),
);

function toPayload(benchmarkRun: BenchmarkRunRow): RunPayload {
  return { __typename: 'BenchmarkRunPayload', benchmarkRun };
}

function refused({ code, message }: BenchmarkRefused): RefusedFailure {
  return { __typename: 'BenchmarkRefusedError', code, message };
}
