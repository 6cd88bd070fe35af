import {
  compareRuns,
  type CellComparison,
  type FigureComparison,
  type RunComparison,
  type Verdict,
} from '@voice-transcriber/benchmark';
import { findBenchmarkBaseline, findBenchmarkRuns } from '@voice-transcriber/db';
import { BenchmarkRun, readRun } from './benchmark-run.js';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';
import { decodeRowId } from './global-id.js';

const VERDICTS = ['better', 'worse', 'noise', 'unknown'] as const satisfies readonly Verdict[];
const BenchmarkVerdictEnum = builder.enumType('BenchmarkVerdict', { values: enumValues(VERDICTS) });

const BenchmarkFigure = builder.objectRef<FigureComparison>('BenchmarkFigureComparison').implement({
  fields: (t) => ({
    after: t.exposeFloat('after'),
    before: t.exposeFloat('before'),
    ratio: t.float({ nullable: true, resolve: ({ ratio }) => (Number.isFinite(ratio) ? ratio : null) }),
    verdict: t.expose('verdict', { type: BenchmarkVerdictEnum }),
  }),
});

const BenchmarkCellComparison = builder.objectRef<CellComparison>('BenchmarkCellComparison').implement({
  fields: (t) => ({
    backend: t.string({ resolve: ({ cell }) => cell.backend }),
    batch: t.int({ nullable: true, resolve: ({ cell }) => cell.batch }),
    cpu: t.expose('cpu', { type: BenchmarkFigure }),
    device: t.string({ resolve: ({ cell }) => cell.device }),
    duration: t.expose('duration', { type: BenchmarkFigure }),
    memory: t.expose('memory', { type: BenchmarkFigure }),
    model: t.string({ resolve: ({ cell }) => cell.model }),
    speed: t.expose('speed', { type: BenchmarkFigure }),
    threads: t.int({ resolve: ({ cell }) => cell.threads }),
    wordErrors: t.expose('wordErrors', { type: BenchmarkFigure, nullable: true }),
  }),
});

const BenchmarkComparison = builder.objectRef<RunComparison>('BenchmarkComparison').implement({
  fields: (t) => ({
    cautions: t.stringList({ resolve: ({ cautions }) => [...cautions] }),
    cells: t.field({ type: [BenchmarkCellComparison], resolve: ({ cells }) => [...cells] }),
  }),
});

builder.objectField(BenchmarkRun, 'comparison', (t) =>
  t.field({
    type: BenchmarkComparison,
    nullable: true,
    description: 'Beside an earlier run: the given one, else the baseline, else the completed one before it.',
    args: { with: t.arg.id() },
    complexity: 100,
    resolve: async (run, args, { services }) => {
      const earlierId = args.with ? decodeRowId(args.with, 'BenchmarkRun') : undefined;
      const [named] = earlierId === undefined ? [] : await findBenchmarkRuns(services.db.orm, { ids: [earlierId] });
      const before = args.with ? named : await findBenchmarkBaseline(services.db.orm, run);
      return before && compareRuns(await readRun(services, before), await readRun(services, run));
    },
  }),
);
