import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';

export const LIVE_ROWS = 200;
const JOBS = 1000;
const TRANSCRIPT_SECONDS = 3 * 3600;
const SEGMENTS = 4000;
const WORDS_PER_SEGMENT = 7.5;
const WINDOW_SECONDS = 30;
const CHUNK_SECONDS = 600;
const CLIP_SECONDS = 1.9;
const PEAKS = 14_400;
const ROWS_PER_INSERT = 500;

/** A job in five is running, the others ended or wait as in an installation that has worked for a while. */
function stateOf(index) {
  if (index % 5 === 0) return 'transcribing';
  if (index % 17 === 1) return 'failed';
  if (index % 23 === 2) return 'cancelled';
  return index % 29 === 3 ? 'queued' : 'completed';
}

/** Real sentences: the words of the repository's own documents, one behind the other. */
async function readWords() {
  const texts = await Promise.all(
    ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md'].map((name) =>
      readFile(join(REPOSITORY_DIRECTORY, name), 'utf8'),
    ),
  );
  return texts.join(' ').match(/\p{L}[\p{L}'’-]*[.,;:]?/gu) ?? [];
}

/** The connection is drizzle's, which leaves dates and documents to whoever writes. */
function toColumn(value) {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value) ? JSON.stringify(value) : value;
}

const toColumns = (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toColumn(value)]));

async function insert(sql, table, rows) {
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT)
    await sql`insert into ${sql(table)} ${sql(rows.slice(from, from + ROWS_PER_INSERT).map(toColumns))}`;
}

/** The bundled clip, repeated for three hours: frames of MP3 follow each other, and the browser can play and seek it. */
async function storeRecording(dataDirectory) {
  const clip = await readFile(join(REPOSITORY_DIRECTORY, 'test/fixtures/audio/lj-001-0002.mp3'));
  const content = Buffer.concat(Array.from({ length: Math.ceil(TRANSCRIPT_SECONDS / CLIP_SECONDS) }, () => clip));
  const storageKey = `uploads/2026/11/${randomUUID()}`;
  const path = join(dataDirectory, 'storage', storageKey);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return { storageKey, sizeBytes: content.length };
}

function jobRow(index, mediaId) {
  const state = stateOf(index);
  const created = Date.now() - index * 240_000;
  const ended = state === 'completed' || state === 'failed' || state === 'cancelled';
  const started = state === 'queued' ? null : new Date(created + 2000);
  const seconds = 60 + (index % 90) * 20;
  const committed = state === 'completed' ? seconds : state === 'transcribing' ? seconds * 0.05 : 0;
  return {
    id: randomUUID(),
    media_id: mediaId,
    state,
    options: { task: 'transcribe', wordTimes: true },
    model: state === 'queued' ? null : 'base-q8_0',
    backend: state === 'queued' ? null : 'onnxruntime',
    language: state === 'completed' ? ['en', 'de', 'es', 'fr'][index % 4] : null,
    audio_seconds: seconds,
    planned_seconds: seconds,
    committed_seconds: committed,
    chunks_total: 1,
    chunks_done: state === 'completed' ? 1 : 0,
    text: state === 'completed' ? `Recording number ${index} about printing.` : null,
    word_count: state === 'completed' ? 6 : null,
    error:
      state === 'failed'
        ? { code: 'audio-undecodable', message: 'The recording ends in the middle of a frame.' }
        : null,
    created_at: new Date(created),
    started_at: started,
    finished_at: ended ? new Date(created + 40_000) : null,
  };
}

const mediaRow = (
  filename,
  { storageKey = `uploads/none/${randomUUID()}`, sizeBytes = 1_000_000, seconds = 60 } = {},
) => ({
  id: randomUUID(),
  storage_key: storageKey,
  sha256: randomUUID(),
  size_bytes: sizeBytes,
  filename,
  container: 'mp3',
  duration_seconds: seconds,
});

function segmentRows(transcriptionId, words) {
  const step = TRANSCRIPT_SECONDS / SEGMENTS;
  let position = 0;
  return Array.from({ length: SEGMENTS }, (_, index) => {
    const start = index * step;
    const count = Math.floor((index + 1) * WORDS_PER_SEGMENT) - Math.floor(index * WORDS_PER_SEGMENT);
    const said = Array.from({ length: count }, () => words[position++ % words.length]);
    const each = (step * 0.9) / count;
    return {
      transcription_id: transcriptionId,
      window_index: Math.floor(start / WINDOW_SECONDS),
      index,
      start_seconds: start,
      end_seconds: start + step * 0.9,
      text: said.join(' '),
      confidence: 0.9,
      language: 'en',
      words: said.map((word, at) => [
        word,
        start + at * each,
        start + (at + 1) * each,
        (index + at) % 23 === 0 ? 0.3 : 0.95,
      ]),
    };
  });
}

/** The transcript of three hours, with the plan that it was heard by. */
async function fillTranscript(sql, dataDirectory, name) {
  const recording = mediaRow(name, { ...(await storeRecording(dataDirectory)), seconds: TRANSCRIPT_SECONDS });
  await insert(sql, 'media', [recording]);
  const segments = segmentRows(randomUUID(), await readWords());
  const id = segments[0].transcription_id;
  const facts = {
    audio_seconds: TRANSCRIPT_SECONDS,
    planned_seconds: TRANSCRIPT_SECONDS,
    committed_seconds: TRANSCRIPT_SECONDS,
  };
  const chunkCount = TRANSCRIPT_SECONDS / CHUNK_SECONDS;
  await insert(sql, 'transcriptions', [
    {
      ...jobRow(4, recording.id),
      ...facts,
      id,
      speech_seconds: TRANSCRIPT_SECONDS * 0.9,
      chunks_total: chunkCount,
      chunks_done: chunkCount,
      language: 'en',
      text: segments.map(({ text }) => text).join(' '),
      word_count: SEGMENTS * WORDS_PER_SEGMENT,
      created_at: new Date(),
    },
  ]);
  const chunks = Array.from({ length: chunkCount }, (_, index) => ({
    id: randomUUID(),
    transcription_id: id,
    index,
    start_seconds: index * CHUNK_SECONDS,
    end_seconds: (index + 1) * CHUNK_SECONDS,
    state: 'done',
  }));
  await insert(sql, 'chunks', chunks);
  await insert(
    sql,
    'windows',
    Array.from({ length: TRANSCRIPT_SECONDS / WINDOW_SECONDS }, (_, index) => ({
      transcription_id: id,
      chunk_id: chunks[Math.floor((index * WINDOW_SECONDS) / CHUNK_SECONDS)].id,
      index,
      start_seconds: index * WINDOW_SECONDS,
      end_seconds: (index + 1) * WINDOW_SECONDS,
      committed_at: new Date(),
    })),
  );
  await insert(sql, 'segments', segments);
  const peaks = Buffer.from(
    Array.from(
      { length: PEAKS },
      (_, index) => 60 + Math.round(150 * Math.abs(Math.sin(index / 9) * Math.sin(index / 131))),
    ),
  );
  await insert(sql, 'sound_outlines', [
    { transcription_id: id, channel: 0, peaks, peak_seconds: TRANSCRIPT_SECONDS / PEAKS },
  ]);
  return id;
}

/** 1,000 jobs, 200 of them running, and one transcript of three hours. Returns the row ids of the running ones and of the long transcript. */
export async function fillDatabase(sql, dataDirectory) {
  const recordings = Array.from({ length: JOBS - 1 }, (_, index) =>
    mediaRow(`recording-${String(index).padStart(4, '0')}.mp3`),
  );
  await insert(sql, 'media', recordings);
  const jobs = recordings.map(({ id }, index) => jobRow(index, id));
  await insert(sql, 'transcriptions', jobs);
  const transcriptId = await fillTranscript(sql, dataDirectory, 'city-council-meeting.mp3');
  await sql`analyze`;
  const live = jobs.filter(({ state }) => state === 'transcribing').slice(0, LIVE_ROWS);
  return { transcriptId, liveIds: live.map(({ id }) => id) };
}
