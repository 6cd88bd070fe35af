import { assembleRun, formatReport, REPORT_FORMATS, type BenchmarkRun as Run } from '@voice-transcriber/benchmark';
import {
  BENCHMARK_STATES,
  countBenchmarkRuns,
  findBenchmarkRuns,
  listBenchmarkResults,
  listBenchmarkRuns,
  type BenchmarkRunRow,
} from '@voice-transcriber/db';
import { z } from 'zod';
import { BenchmarkResult } from './benchmark-result.js';
import { builder } from './builder.js';
import { decodeCursor, makePage } from './cursors.js';
import { enumValues } from './enum-values.js';
import { Fact } from './fact.js';
import { decodeRowId, isRowId } from './global-id.js';
import type { Services } from './context.js';
import { pageComplexity, readPageSize } from './page-size.js';
import { Problem } from './problem.js';

const BenchmarkStateEnum = builder.enumType('BenchmarkState', { values: enumValues(BENCHMARK_STATES) });
const BenchmarkFormatEnum = builder.enumType('BenchmarkFormat', { values: enumValues(REPORT_FORMATS) });

const BenchmarkMachine = builder.objectRef<NonNullable<BenchmarkRunRow['machine']>>('BenchmarkMachine').implement({
  fields: (t) => ({
    backends: t.field({
      type: [Fact],
      resolve: ({ backends }) => backends.map(({ name, version }) => ({ name, value: version ?? '' })),
    }),
    cores: t.exposeInt('cores'),
    coresMachine: t.exposeInt('coresMachine'),
    graphics: t.stringList({ resolve: ({ graphics }) => [...graphics] }),
    host: t.exposeString('host'),
    instructionSets: t.stringList({ resolve: ({ instructionSets }) => [...instructionSets] }),
    memoryBytesTotal: t.expose('memoryBytesTotal', { type: 'SafeInt' }),
    node: t.exposeString('node'),
    processor: t.exposeString('processor'),
    product: t.exposeString('product'),
    system: t.exposeString('system'),
  }),
});

type StoredAudio = NonNullable<BenchmarkRunRow['audio']>;

const BenchmarkClip = builder.objectRef<StoredAudio['clips'][number]>('BenchmarkClip').implement({
  fields: (t) => ({
    audioSeconds: t.exposeFloat('audioSeconds'),
    language: t.exposeString('language', { nullable: true }),
    name: t.exposeString('name'),
    reference: t.exposeString('reference', { nullable: true }),
    speechSeconds: t.exposeFloat('speechSeconds'),
    windows: t.exposeInt('windows'),
  }),
});

const BenchmarkAudio = builder.objectRef<StoredAudio>('BenchmarkAudio').implement({
  fields: (t) => ({
    audioSeconds: t.exposeFloat('audioSeconds'),
    clips: t.field({ type: [BenchmarkClip], resolve: ({ clips }) => [...clips] }),
    prepareSeconds: t.exposeFloat('prepareSeconds'),
    problems: t.stringList({ resolve: ({ problems }) => [...problems] }),
  }),
});

const BenchmarkProgress = builder.objectRef<NonNullable<BenchmarkRunRow['progress']>>('BenchmarkProgress').implement({
  fields: (t) => ({
    cellsDone: t.exposeInt('cellsDone'),
    cellsTotal: t.exposeInt('cellsTotal'),
    doing: t.exposeString('doing'),
    etaSeconds: t.exposeFloat('etaSeconds', { nullable: true }),
    fraction: t.exposeFloat('fraction'),
  }),
});

export const BenchmarkRun = builder.objectRef<BenchmarkRunRow>('BenchmarkRun');

builder.node(BenchmarkRun, {
  id: { resolve: ({ id }) => id },
  loadMany: async (ids, { services }) => {
    const rows = await findBenchmarkRuns(services.db.orm, { ids: ids.filter(isRowId) });
    return ids.map((id) => rows.find((row) => row.id === id));
  },
  fields: (t) => ({
    audio: t.expose('audio', { type: BenchmarkAudio, nullable: true }),
    baseline: t.exposeBoolean('isBaseline'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    error: t.expose('error', { type: Problem, nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    host: t.exposeString('host', { nullable: true }),
    iterations: t.int({ resolve: ({ order }) => order.iterations }),
    machine: t.expose('machine', { type: BenchmarkMachine, nullable: true }),
    progress: t.expose('progress', { type: BenchmarkProgress, nullable: true }),
    report: t.string({
      description: 'The whole run written out.',
      args: { format: t.arg({ type: BenchmarkFormatEnum, required: true }) },
      complexity: 100,
      resolve: async (run, { format }, { services }) => formatReport(await readRun(services, run), format),
    }),
    results: t.field({
      type: [BenchmarkResult],
      complexity: { field: 1, multiplier: 10 },
      resolve: ({ id }, _args, { loaders }) => loaders.benchmarkResults.load(id),
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    state: t.expose('state', { type: BenchmarkStateEnum }),
  }),
});

/** A run with its results, as reports and comparisons take it. */
export async function readRun({ db }: Services, row: BenchmarkRunRow): Promise<Run> {
  return assembleRun(row, await listBenchmarkResults(db.orm, { runIds: [row.id] }));
}

builder.queryField('benchmarkRun', (t) =>
  t.field({
    type: BenchmarkRun,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_parent, args, { services }) => {
      const id = decodeRowId(args.id, 'BenchmarkRun');
      return id === undefined ? null : (await findBenchmarkRuns(services.db.orm, { ids: [id] }))[0];
    },
  }),
);

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);
const RunsConnection = builder.connectionObject(
  {
    type: BenchmarkRun,
    name: 'QueryBenchmarkRunsConnection',
    fields: (t) => ({
      totalCount: t.int({ resolve: (_page, _args, { services }) => countBenchmarkRuns(services.db.orm) }),
    }),
  },
  { name: 'QueryBenchmarkRunsConnectionEdge' },
);

builder.queryField('benchmarkRuns', (t) =>
  t.field({
    type: RunsConnection,
    args: { after: t.arg.string(), first: t.arg.int() },
    complexity: pageComplexity,
    resolve: async (_parent, args, { services }) => {
      const size = readPageSize(args.first);
      const after = decodeCursor(args.after, cursorSchema);
      const listed = await listBenchmarkRuns(services.db.orm, {
        limit: size + 1,
        after: after && { createdAt: after[0], id: after[1] },
      });
      const places = new Map(listed.map(({ run, cursor }) => [run.id, cursor]));
      return makePage(
        listed.map(({ run }) => run),
        { size, continued: after !== undefined, cursorOf: ({ id }) => [places.get(id)?.createdAt, id] },
      );
    },
  }),
);
