import {
  listAttempts,
  listChunks,
  listSegments,
  type AttemptRow,
  type ChunkRow,
  type Orm,
  type SegmentRow,
} from '@voice-transcriber/db';
import { z } from 'zod';
import { decodeCursor, makePage, type Page } from './cursors.js';
import { readPageSize } from './page-size.js';

interface PageArguments {
  readonly after?: string | null | undefined;
  readonly first?: number | null | undefined;
}

const placeSchema = z.int().min(0);
const segmentPlaceSchema = z.tuple([z.number(), placeSchema, placeSchema]);

/** In reading order. */
export async function readSegmentPage(
  orm: Orm,
  transcriptionId: string,
  args: PageArguments,
): Promise<Page<SegmentRow>> {
  const size = readPageSize(args.first);
  const after = decodeCursor(args.after, segmentPlaceSchema);
  const rows = await listSegments(orm, {
    transcriptionId,
    limit: size + 1,
    ...(after && { after: { startSeconds: after[0], windowIndex: after[1], index: after[2] } }),
  });
  const cursorOf = ({ startSeconds, windowIndex, index }: SegmentRow): unknown => [startSeconds, windowIndex, index];
  return makePage(rows, { size, cursorOf, continued: after !== undefined });
}

/** In the order of the recording. */
export async function readChunkPage(orm: Orm, transcriptionId: string, args: PageArguments): Promise<Page<ChunkRow>> {
  const size = readPageSize(args.first);
  const afterIndex = decodeCursor(args.after, placeSchema);
  const rows = await listChunks(orm, {
    transcriptionId,
    limit: size + 1,
    ...(afterIndex !== undefined && { afterIndex }),
  });
  return makePage(rows, { size, cursorOf: ({ index }) => index, continued: afterIndex !== undefined });
}

/** In the order in which they began. */
export async function readAttemptPage(
  orm: Orm,
  transcriptionId: string,
  args: PageArguments,
): Promise<Page<AttemptRow>> {
  const size = readPageSize(args.first);
  const after = decodeCursor(args.after, z.uuid());
  const rows = await listAttempts(orm, { transcriptionId, limit: size + 1, ...(after !== undefined && { after }) });
  return makePage(rows, { size, cursorOf: ({ id }) => id, continued: after !== undefined });
}
