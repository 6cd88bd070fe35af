import {
  createInferenceHost,
  type BackendSource,
  type HostLogger,
  type InferenceHost,
  type ModelStore,
} from '@voice-transcriber/inference';
import type { BenchmarkCell, BenchmarkOrder } from '../benchmark-run.js';
import type { PreparedClip } from './prepare-clips.js';

/** What all cells of a run share. */
export interface CellContext {
  readonly order: BenchmarkOrder;
  readonly backends: readonly BackendSource[];
  readonly modelStore: ModelStore;
  readonly gpuEnabled: boolean;
  readonly gpuMemoryFraction: number;
  readonly clips: readonly PreparedClip[];
  readonly workDirectory: string;
  readonly logger: HostLogger;
  readonly signal: AbortSignal;
}

/** Enough for a cell that is measured alone: one model, as many threads as the cell says. */
export function createCellHost(
  cell: BenchmarkCell,
  context: CellContext,
  extra: { readonly profileDirectory?: string } = {},
): InferenceHost {
  const { backends, modelStore, gpuEnabled, gpuMemoryFraction, logger } = context;
  return createInferenceHost({
    backends: backends.filter(({ name }) => name === cell.backend),
    modelStore,
    cacheSize: 1,
    threads: cell.threads,
    gpuEnabled,
    gpuMemoryFraction,
    memoryOptimization: true,
    logger,
    ...(cell.batch === null ? {} : { batchSizeMax: cell.batch }),
    ...extra,
  });
}
