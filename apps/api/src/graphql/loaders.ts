import DataLoader from 'dataloader';
import {
  findAttempts,
  findChunks,
  findMedia,
  findSegments,
  findTranscriptionSummaries,
  findTranscriptionTexts,
  findWorkers,
  type AttemptRow,
  type ChunkRow,
  type Database,
  type MediaRow,
  type SegmentRow,
  type TranscriptionSummary,
  type WorkerRow,
} from '@voice-transcriber/db';
import { readTranscriptionRates } from '@voice-transcriber/jobs';

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
  readonly chunk: RowLoader<ChunkRow>;
  readonly attempt: RowLoader<AttemptRow>;
  readonly worker: RowLoader<WorkerRow>;
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
    chunk: rowLoader((ids) => findChunks(orm, { ids })),
    attempt: rowLoader((ids) => findAttempts(orm, { ids })),
    worker: rowLoader((ids) => findWorkers(orm, { ids })),
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
