import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { attempts, chunks, media, segments, transcriptions, windows, type Database } from '@voice-transcriber/db';

/** A finished transcription of two segments with words, its blob included. Returns the row's id. */
export async function seedTranscription(
  db: Database,
  {
    dataDirectory,
    filename = 'talk.mp3',
    content = Buffer.from('0123456789'),
  }: {
    dataDirectory?: string;
    filename?: string;
    content?: Buffer;
  } = {},
): Promise<string> {
  const storageKey = `uploads/2026/11/${randomUUID()}`;
  if (dataDirectory !== undefined) {
    const path = join(dataDirectory, 'storage', storageKey);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  const recording = await db.orm
    .insert(media)
    .values({ storageKey, sha256: randomUUID(), sizeBytes: content.length, filename, container: 'mp3' })
    .returning()
    .then(one);
  const transcription = await db.orm
    .insert(transcriptions)
    .values({
      mediaId: recording.id,
      state: 'completed',
      options: { task: 'transcribe', wordTimes: true },
      audioSeconds: 4,
      plannedSeconds: 4,
      committedSeconds: 4,
      chunksTotal: 1,
      chunksDone: 1,
      language: 'en',
      text: 'Hello world. Good bye.',
      startedAt: new Date('2026-11-01T10:00:00Z'),
      finishedAt: new Date('2026-11-01T10:00:02Z'),
    })
    .returning()
    .then(one);
  const transcriptionId = transcription.id;
  const chunk = await db.orm
    .insert(chunks)
    .values({ transcriptionId, index: 0, startSeconds: 0, endSeconds: 4, state: 'done' })
    .returning()
    .then(one);
  await db.orm.insert(attempts).values({ transcriptionId, chunkId: chunk.id, kind: 'chunk', outcome: 'succeeded' });
  await db.orm.insert(windows).values({ transcriptionId, chunkId: chunk.id, index: 0, startSeconds: 0, endSeconds: 4 });
  await db.orm.insert(segments).values([
    {
      transcriptionId,
      windowIndex: 0,
      index: 0,
      startSeconds: 0,
      endSeconds: 1.5,
      text: 'Hello world.',
      confidence: 0.9,
      words: [
        ['Hello', 0, 0.5, 0.9],
        ['world.', 0.6, 1.5, 0.8],
      ],
    },
    { transcriptionId, windowIndex: 0, index: 1, startSeconds: 2, endSeconds: 4, text: 'Good bye.', confidence: 0.7 },
  ]);
  return transcriptionId;
}

function one<Row>([row]: Row[]): Row {
  if (row === undefined) throw new Error('An insert returned nothing.');
  return row;
}

export const globalId = (typename: string, id: string): string =>
  Buffer.from(`${typename}:${id}`).toString('base64url');
