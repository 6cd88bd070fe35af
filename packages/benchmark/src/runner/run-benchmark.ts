import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AudioTools } from '@voice-transcriber/audio';
import { createInferenceHost, type BackendReport } from '@voice-transcriber/inference';
import type {
  BenchmarkAudio,
  BenchmarkCell,
  BenchmarkIteration,
  BenchmarkProgress,
  BenchmarkResult,
  MachineFacts,
} from '../benchmark-run.js';
import { BenchmarkError } from '../parse-order.js';
import { planMatrix } from '../plan-matrix.js';
import { readMachineFacts } from './machine-facts.js';
import type { CellContext } from './cell-context.js';
import { measureCell } from './measure-cell.js';
import { prepareClips } from './prepare-clips.js';
import { createProgressMeter } from './progress-meter.js';

export interface RunBenchmarkOptions extends Pick<
  CellContext,
  'order' | 'backends' | 'modelStore' | 'gpuEnabled' | 'gpuMemoryFraction' | 'logger' | 'signal'
> {
  readonly modelDefault: string;
  readonly threadsDefault: number;
  /** Used when the order names no folder. */
  readonly audioDirectoryDefault: string;
  readonly tools: AudioTools;
  readonly vadModelPath: string;
  /** Version of the product, for the machine's facts. */
  readonly product: string;
}

/** What a run says while it goes on. */
export type BenchmarkEvent =
  | {
      readonly type: 'planned';
      readonly machine: MachineFacts;
      readonly audio: BenchmarkAudio;
      readonly cells: readonly BenchmarkCell[];
      readonly progress: BenchmarkProgress;
    }
  | { readonly type: 'cell-started'; readonly cell: BenchmarkCell; readonly progress: BenchmarkProgress }
  | {
      readonly type: 'iteration-finished';
      readonly cell: BenchmarkCell;
      readonly iteration: BenchmarkIteration;
      readonly progress: BenchmarkProgress;
    }
  | { readonly type: 'cell-finished'; readonly result: BenchmarkResult; readonly progress: BenchmarkProgress };

/**
 * Measures every combination of an order, one after another, each in a fresh inference process. A combination that fails is a result that says why; the run
 * goes on. Throws BenchmarkError (`audio-missing`, `benchmark-cancelled`) and AudioError `tools-missing`; results that came before stay valid.
 */
export async function* runBenchmark(options: RunBenchmarkOptions): AsyncGenerator<BenchmarkEvent, void, undefined> {
  const { order, signal } = options;
  const workDirectory = await mkdtemp(path.join(os.tmpdir(), 'benchmark-'));
  try {
    const reports = await probeBackends(options);
    const cells = planMatrix(order, { ...options, backends: reports });
    const directory = order.audioDirectory ?? options.audioDirectoryDefault;
    const { clips, audio } = await prepareClips({ ...options, directory, language: order.language, workDirectory });
    const meter = createProgressMeter(cells.length, order);
    const machine = await readMachineFacts(reports, options);
    yield { type: 'planned', machine, audio, cells, progress: meter.describe('ready') };
    const context: CellContext = { ...options, clips, workDirectory };
    for (const cell of cells) {
      yield { type: 'cell-started', cell, progress: meter.describe(`${nameOf(cell)}: loading and warming up`) };
      const measuring = measureCell(cell, context);
      let step = await measuring.next();
      while (step.done !== true) {
        const count = meter.countIteration();
        const progress = meter.describe(`${nameOf(cell)}: iteration ${count}`);
        yield { type: 'iteration-finished', cell, iteration: step.value, progress };
        step = await measuring.next();
      }
      meter.countCell();
      yield { type: 'cell-finished', result: step.value, progress: meter.describe(nameOf(cell)) };
      throwIfCancelled(signal);
    }
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new BenchmarkError('benchmark-cancelled', 'The benchmark was cancelled.');
}

async function probeBackends(options: RunBenchmarkOptions): Promise<BackendReport[]> {
  const host = createInferenceHost({ ...options, cacheSize: 1, threads: 1, memoryOptimization: true });
  try {
    return await host.probe();
  } finally {
    await host.dispose();
  }
}

function nameOf({ backend, model, device, threads, batch }: BenchmarkCell): string {
  const parts = [backend, model, device, `${threads} ${threads === 1 ? 'thread' : 'threads'}`];
  return [...parts, ...(batch === null ? [] : [`batch ${batch}`])].join(', ');
}
