import { and, eq, sql } from 'drizzle-orm';
import {
  findSegments,
  isTerminalState,
  listSegments,
  segmentRevisions,
  segments,
  transcriptions,
  type Database,
  type SegmentRow,
  type StoredWord,
  type Transaction,
} from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { countWords, joinText, realignWords } from '@voice-transcriber/transcript';
import { lockTranscription, NOT_FOUND, type NotFound } from './outcome.js';

export interface EditConflict {
  readonly ok: false;
  readonly code: 'conflict';
  /** Says why and what would work. */
  readonly message: string;
  /** As it is now. */
  readonly segment: SegmentRow;
}

export type EditOutcome = { readonly ok: true; readonly segment: SegmentRow } | EditConflict | NotFound;

/** A person cannot be more sure. */
const WRITTEN_CONFIDENCE = 1;

/**
 * Replaces the text of a segment, if nobody did so since `revision`. What it said before is kept; words that stay keep their times, and the whole text, exports
 * and search follow.
 */
export async function editSegment(
  db: Database,
  edit: { readonly id: string; readonly text: string; readonly revision: number; readonly editedBy: string },
): Promise<EditOutcome> {
  return changeSegment(db, edit, (segment) => {
    if (segment.revision !== edit.revision) {
      const message = `The segment is at revision ${segment.revision}, not ${edit.revision}: somebody changed it meanwhile. Look at its text, then edit that.`;
      return Promise.resolve({ ok: false, code: 'conflict', message, segment });
    }
    const words = segment.words.map(([text, startSeconds, endSeconds, confidence]) => ({
      text,
      startSeconds,
      endSeconds,
      confidence,
    }));
    return Promise.resolve({
      text: edit.text,
      words: realignWords(edit.text, { ...segment, words }).map((word): StoredWord => [
        word.text,
        word.startSeconds,
        word.endSeconds,
        word.confidence,
      ]),
      confidence: WRITTEN_CONFIDENCE,
    });
  });
}

/** Writes an earlier text again, words and confidence included, as a new revision: nothing is ever taken out of the history. */
export async function restoreSegment(
  db: Database,
  restore: { readonly id: string; readonly revision: number; readonly editedBy: string },
): Promise<EditOutcome> {
  return changeSegment(db, restore, async (segment, transaction) => {
    if (restore.revision === segment.revision) return segment;
    const [earlier] = await transaction
      .select()
      .from(segmentRevisions)
      .where(and(eq(segmentRevisions.segmentId, segment.id), eq(segmentRevisions.revision, restore.revision)));
    return earlier ?? NOT_FOUND;
  });
}

type Content = Pick<SegmentRow, 'text' | 'words' | 'confidence'>;

async function changeSegment(
  db: Database,
  { id, editedBy }: { readonly id: string; readonly editedBy: string },
  decide: (segment: SegmentRow, transaction: Transaction) => Promise<Content | EditConflict | NotFound>,
): Promise<EditOutcome> {
  return db.orm.transaction(async (transaction) => {
    const [found] = await findSegments(transaction, { ids: [id] });
    const transcription = found && (await lockTranscription(transaction, found.transcriptionId));
    // Under the lock nobody else edits, and no window is committed.
    const [segment] = transcription === undefined ? [] : await findSegments(transaction, { ids: [id] });
    if (transcription === undefined || segment === undefined) return NOT_FOUND;
    if (!isTerminalState(transcription.state)) {
      const message = `The transcription is ${transcription.state}; its text can be edited when it has ended.`;
      return { ok: false, code: 'conflict', message, segment };
    }
    const content = await decide(segment, transaction);
    if ('ok' in content) return content;
    if (content.text === segment.text) return { ok: true, segment };
    const edited = await storeContent(transaction, { segment, content, editedBy });
    await rewriteText(transaction, transcription.id);
    await appendEvent(transaction, {
      transcriptionId: transcription.id,
      type: 'segment-edited',
      payload: { segmentId: id, windowIndex: segment.windowIndex, revision: edited.revision },
    });
    return { ok: true, segment: edited };
  });
}

async function storeContent(
  transaction: Transaction,
  { segment, content, editedBy }: { segment: SegmentRow; content: Content; editedBy: string },
): Promise<SegmentRow> {
  const { text, words, confidence } = content;
  const revision = segment.revision + 1;
  if (segment.revision === 1) {
    await transaction.insert(segmentRevisions).values({
      segmentId: segment.id,
      revision: 1,
      text: segment.text,
      words: segment.words,
      confidence: segment.confidence,
    });
  }
  const [stored] = await transaction
    .insert(segmentRevisions)
    .values({ segmentId: segment.id, revision, text, words, confidence, editedBy, editedAt: sql`clock_timestamp()` })
    .returning({ editedAt: segmentRevisions.editedAt });
  const editedAt = stored?.editedAt ?? null;
  await transaction
    .update(segments)
    .set({ text, words, confidence, revision, editedAt })
    .where(eq(segments.id, segment.id));
  return { ...segment, text, words, confidence, revision, editedAt };
}

/** The whole text follows where there is one: that of a transcription that failed on its way was never written. */
async function rewriteText(transaction: Transaction, id: string): Promise<void> {
  const text = joinText(await listSegments(transaction, { transcriptionId: id }));
  await transaction
    .update(transcriptions)
    .set({
      text: sql`case when ${transcriptions.text} is null then null else ${text} end`,
      wordCount: sql`case when ${transcriptions.text} is null then null else ${countWords(text)}::int end`,
      editedAt: sql`now()`,
      updatedAt: sql`now()`,
    })
    .where(eq(transcriptions.id, id));
}
