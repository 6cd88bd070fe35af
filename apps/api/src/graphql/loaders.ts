import DataLoader from 'dataloader';
import {
  findAttempts,
  findChunks,
  findLastWebhookDeliveries,
  findLatestModelPulls,
  findMedia,
  findModelPulls,
  findSegments,
  findTranscriptionSummaries,
  findTranscriptionTexts,
  findWorkers,
  listBenchmarkResults,
  listSegmentRevisions,
  listWorkers,
  sumLanguages,
  listWorkInProgress,
  readPerformance,
  type AttemptRow,
  type BenchmarkResultRow,
  type ChunkRow,
  type Database,
  type LanguageSeconds,
  type MediaRow,
  type ModelPullRow,
  type SegmentRevisionRow,
  type SegmentRow,
  type TranscriptionPerformance,
  type TranscriptionSummary,
  type WebhookDeliveryRow,
  type WorkerRow,
  type WorkInProgress,
} from '@voice-transcriber/db';
import { readTranscriptionRates } from '@voice-transcriber/jobs';
import { PAGE_SIZE_MAX } from './page-size.js';

type RowLoader<Row> = DataLoader<string, Row | undefined>;

/**
 * One statement per kind of row and tick, however many fields ask. Nothing is remembered between ticks: a subscription lives for hours in
 * one context and must see rows as they are.
 */
export interface Loaders {
  readonly transcription: RowLoader<TranscriptionSummary>;
  readonly text: DataLoader<string, string | null>;
  readonly rate: DataLoader<string, number | undefined>;
  readonly media: RowLoader<MediaRow>;
  readonly segment: RowLoader<SegmentRow>;
  /** Every text of an edited segment. */
  readonly segmentRevisions: DataLoader<string, SegmentRevisionRow[]>;
  /** Seconds of text by language, by the transcription's id. */
  readonly languages: DataLoader<string, LanguageSeconds[]>;
  /** By the transcription's id. */
  readonly performance: DataLoader<string, TranscriptionPerformance | undefined>;
  readonly chunk: RowLoader<ChunkRow>;
  readonly attempt: RowLoader<AttemptRow>;
  readonly worker: RowLoader<WorkerRow>;
  /** By the webhook's id. */
  readonly lastWebhookDelivery: DataLoader<string, WebhookDeliveryRow | undefined>;
  /** By the worker's id. */
  readonly workInProgress: DataLoader<string, readonly WorkInProgress[]>;
  /** Results of a run, in the order of its matrix. */
  readonly benchmarkResults: DataLoader<string, BenchmarkResultRow[]>;
  readonly modelPull: RowLoader<ModelPullRow>;
  /** By the model's name. */
  readonly latestModelPull: DataLoader<string, ModelPullRow | undefined>;
  /** The workers that have a model of this name loaded. */
  readonly workersWithModel: DataLoader<string, readonly WorkerRow[]>;
}

export function createLoaders(db: Database): Loaders {
  const { orm } = db;
  return {
    transcription: rowLoader((ids) => findTranscriptionSummaries(orm, { ids })),
    text: batchLoader(async (ids) => {
      const rows = await findTranscriptionTexts(orm, { ids });
      const texts = new Map(rows.map(({ id, text }) => [id, text]));
      return (id) => texts.get(id) ?? null;
    }),
    rate: batchLoader(async (ids) => {
      const rates = await readTranscriptionRates(orm, ids);
      return (id) => rates.get(id);
    }),
    media: rowLoader((ids) => findMedia(orm, { ids })),
    segment: rowLoader((ids) => findSegments(orm, { ids })),
    segmentRevisions: batchLoader(async (segmentIds) => {
      const rows = await listSegmentRevisions(orm, { segmentIds });
      return (id) => rows.filter(({ segmentId }) => segmentId === id);
    }),
    languages: batchLoader(async (transcriptionIds) => {
      const rows = await sumLanguages(orm, { transcriptionIds });
      return (id) => rows.filter(({ transcriptionId }) => transcriptionId === id);
    }),
    performance: batchLoader(async (transcriptionIds) => {
      const rows = await readPerformance(orm, { transcriptionIds });
      return (id) => rows.find(({ transcriptionId }) => transcriptionId === id);
    }),
    chunk: rowLoader((ids) => findChunks(orm, { ids })),
    attempt: rowLoader((ids) => findAttempts(orm, { ids })),
    benchmarkResults: batchLoader(async (ids) => {
      const rows = await listBenchmarkResults(orm, { runIds: ids });
      return (id) => rows.filter(({ runId }) => runId === id);
    }),
    worker: rowLoader((ids) => findWorkers(orm, { ids })),
    lastWebhookDelivery: batchLoader(async (webhookIds) => {
      const rows = await findLastWebhookDeliveries(orm, { webhookIds });
      const deliveries = new Map(rows.map((row) => [row.webhookId, row]));
      return (id) => deliveries.get(id);
    }),
    workInProgress: batchLoader(async (workerIds) => {
      const rows = await listWorkInProgress(orm, { workerIds });
      return (id) => rows.filter(({ workerId }) => workerId === id);
    }),
    modelPull: rowLoader((ids) => findModelPulls(orm, { ids })),
    latestModelPull: batchLoader(async (models) => {
      const pulls = new Map((await findLatestModelPulls(orm, { models })).map((pull) => [pull.model, pull]));
      return (model) => pulls.get(model);
    }),
    workersWithModel: batchLoader(async () => {
      const workers = await listWorkers(orm, { includeStopped: false, limit: PAGE_SIZE_MAX });
      return (name) => workers.filter(({ loadedModels }) => loadedModels.some(({ model }) => model === name));
    }),
  };
}

function rowLoader<Row extends { readonly id: string }>(
  find: (ids: readonly string[]) => Promise<readonly Row[]>,
): RowLoader<Row> {
  return batchLoader(async (ids) => {
    const rows = new Map((await find(ids)).map((row) => [row.id, row]));
    return (id) => rows.get(id);
  });
}

function batchLoader<Value>(
  read: (ids: readonly string[]) => Promise<(id: string) => Value>,
): DataLoader<string, Value> {
  return new DataLoader<string, Value>(
    async (ids) => {
      const valueOf = await read([...new Set(ids)]);
      return ids.map(valueOf);
    },
    { cache: false },
  );
}
