import { expect, test } from 'vitest';
import { AudioError } from './audio-error.js';
import { encodePrepareMessage, parsePrepareMessage, type PrepareMessage } from './prepare-messages.js';

const window = { index: 0, startSeconds: 0, endSeconds: 2.5 };
const messages: PrepareMessage[] = [
  { type: 'progress', decodedSeconds: 12.5 },
  {
    type: 'done',
    prepared: {
      audioSeconds: 3,
      speechSeconds: 2.5,
      plan: { chunks: [{ ...window, windows: [window] }] },
      outlines: [{ channel: 0, speechMilliseconds: [200, 2300], peaksBase64: 'AP8=', peakSeconds: 0.01 }],
      memoryBytesPeak: { prepare: 100, ffmpeg: 0 },
    },
  },
];

test.each(messages)('a message of type $type crosses the pipe unchanged', (message) => {
  expect(parsePrepareMessage(encodePrepareMessage(message))).toEqual(message);
});

test('an error crosses the pipe with its code, advice and details', () => {
  const error = new AudioError('file-truncated', 'cut', { details: { missingBytes: 3 } });
  const parsed = parsePrepareMessage(encodePrepareMessage({ type: 'failed', error }));
  expect(parsed).toMatchObject({
    type: 'failed',
    error: { code: 'file-truncated', message: 'cut', retry: 'never', details: { missingBytes: 3 } },
  });
  expect(parsed.type === 'failed' && parsed.error).toBeInstanceOf(AudioError);
});

test.each([
  '',
  'Segmentation fault',
  'null',
  '{}',
  '{"type":"progress"}',
  '{"type":"progress","decodedSeconds":-1}',
  '{"type":"done"}',
  '{"type":"done","prepared":{"audioSeconds":1,"speechSeconds":1,"plan":{"chunks":[{"index":0}]},"memoryBytesPeak":{"prepare":1,"ffmpeg":1}}}',
  '{"type":"failed","error":{"code":"made-up","message":"x"}}',
])('anything else on the pipe is a typed error: %j', (line) => {
  expect(() => parsePrepareMessage(line)).toThrowError(expect.objectContaining({ code: 'prepare-failed' }));
});
