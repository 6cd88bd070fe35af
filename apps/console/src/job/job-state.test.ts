import { expect, test } from 'vitest';
import { applyJobEvent, mergeSegments, type Job, type JobEvent, type Segment } from './job-state';

function segment(id: string, startSeconds: number, windowIndex = 0, index = 0): Segment {
  return {
    id,
    index,
    windowIndex,
    startSeconds,
    endSeconds: startSeconds + 2,
    text: id,
    confidence: 0.9,
    words: [],
    channel: null,
    language: null,
    revision: 1,
    editedAt: null,
  };
}

const progress = {
  fraction: 0.5,
  committedSeconds: 5,
  plannedSeconds: 10,
  etaSeconds: 3,
  audioSecondsPerSecond: 4,
  chunksDone: 1,
  chunksTotal: 2,
};
const job: Job = {
  id: 'job',
  state: 'TRANSCRIBING',
  createdAt: '2026-01-01T10:00:00Z',
  startedAt: null,
  finishedAt: null,
  audioSeconds: 10,
  requestedLanguage: null,
  language: null,
  requestedModel: null,
  requestedBackend: null,
  requestedDevice: null,
  channelMode: 'MIXED',
  model: 'base-q8_0',
  backend: null,
  device: null,
  priority: 'NORMAL',
  task: 'TRANSCRIBE',
  prompt: null,
  wordTimes: true,
  wordCount: null,
  speechSeconds: null,
  realTimeFactor: null,
  inferenceSeconds: 0,
  memoryBytesPeak: null,
  retries: 0,
  lastSeq: 3,
  error: null,
  warnings: [],
  candidates: [],
  progress: { ...progress, fraction: 0 },
  mediaPath: '/media/m',
  txtPath: '/t',
  srtPath: '/s',
  vttPath: '/v',
  jsonPath: '/j',
  media: {
    id: 'm',
    filename: 'a.flac',
    container: 'flac',
    codec: 'flac',
    channels: 1,
    sampleRateHz: 16_000,
    durationSeconds: 10,
    sizeBytes: 1,
    sha256: 'x',
    recordingKept: true,
  },
};

const snapshot: JobEvent = {
  __typename: 'TranscriptionSnapshot',
  seq: 3,
  transcription: job,
  segments: [segment('b', 4), segment('a', 0)],
};
const texts = (segments: readonly Segment[] | undefined): string[] => (segments ?? []).map(({ text }) => text);

test('text of a later chunk that finishes first still ends up behind the text of an earlier chunk', () => {
  const late = mergeSegments([segment('a', 0), segment('d', 30)], [segment('c', 10), segment('b', 5)]);
  expect(texts(late)).toEqual(['a', 'b', 'c', 'd']);
});

test('segments that begin at the same moment keep the order of their windows', () => {
  expect(texts(mergeSegments([segment('second', 5, 1)], [segment('first', 5, 0)]))).toEqual(['first', 'second']);
});

test('a segment that comes twice is shown once', () => {
  expect(texts(mergeSegments([segment('a', 0)], [segment('a', 0), segment('b', 1)]))).toEqual(['a', 'b']);
});

test('a snapshot starts the state, and later events build on it', () => {
  const started = applyJobEvent(undefined, snapshot);
  expect(texts(started?.segments)).toEqual(['a', 'b']);
  const grown = applyJobEvent(started, {
    __typename: 'SegmentsAppended',
    seq: 4,
    progress,
    segments: [segment('c', 8)],
  });
  expect(texts(grown?.segments)).toEqual(['a', 'b', 'c']);
  expect(grown?.job.progress.fraction).toBe(0.5);
  const done = applyJobEvent(grown, {
    __typename: 'StateChanged',
    seq: 5,
    state: 'COMPLETED',
    error: null,
    transcription: job,
  });
  expect(done).toMatchObject({ seq: 5, job: { state: 'COMPLETED' } });
});

test('an event that a resumed stream repeats changes nothing', () => {
  const started = applyJobEvent(undefined, snapshot);
  expect(
    applyJobEvent(started, { __typename: 'SegmentsAppended', seq: 3, progress, segments: [segment('x', 1)] }),
  ).toBe(started);
});
