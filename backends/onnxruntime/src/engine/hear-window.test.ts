import type { AudioWindow } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import type { TimedWord } from '../timing/time-words.js';
import { hearWindow } from './hear-window.js';

const OPTIONS = { task: 'transcribe', wordTimes: true } as const;

/** A window of 20 s that begins at 100 s, with a voice from 1 s to 19 s. */
function makeWindow(): AudioWindow {
  const speech = [{ startSeconds: 101, endSeconds: 119 }];
  return { index: 3, startSeconds: 100, samples: new Float32Array(20 * 16_000), speech };
}

/** A word every half second. */
function say(startSeconds: number, endSeconds: number, confidence = 0.9): TimedWord[] {
  const words: TimedWord[] = [];
  for (let at = startSeconds; at < endSeconds; at += 0.5) {
    words.push({ text: ` ${at}`, startSeconds: at, endSeconds: at + 0.5, confidence });
  }
  return words;
}

/** Hears what it is told, in turn, and keeps what it was given. */
function createListener(answers: readonly (readonly TimedWord[])[]) {
  const asked: { startSeconds: number; seconds: number; language: string | undefined }[] = [];
  const hear = (window: AudioWindow, options: { readonly language?: string }) => {
    asked.push({
      startSeconds: window.startSeconds,
      seconds: window.samples.length / 16_000,
      language: options.language,
    });
    return Promise.resolve({ words: answers[asked.length - 1] ?? [], language: 'en', inferenceSeconds: 1 });
  };
  return { asked, hear };
}

test('a window whose speech has words from end to end is heard once', async () => {
  const { asked, hear } = createListener([say(1, 19)]);
  const heard = await hearWindow(makeWindow(), OPTIONS, hear);
  expect(asked).toHaveLength(1);
  expect(heard.words).toHaveLength(36);
});

test('a text that ended early is continued from the rest alone, in the language of the whole', async () => {
  const { asked, hear } = createListener([say(1, 9), say(0.5, 9.5)]);
  const heard = await hearWindow(makeWindow(), OPTIONS, hear);
  expect(asked[1]).toMatchObject({ language: 'en' });
  expect(asked[1]?.startSeconds).toBeCloseTo(109.1);
  expect(asked[1]?.seconds).toBeCloseTo(10.1);
  expect(heard.words).toHaveLength(34);
  expect(heard.words[16]?.startSeconds).toBeCloseTo(9.6);
  expect(heard.inferenceSeconds).toBe(2);
  const starts = heard.words.map(({ startSeconds }) => startSeconds);
  expect(starts).toEqual([...starts].sort((one, other) => one - other));
});

test('a word that attention holds over a skipped sentence gives way to it', async () => {
  const held = { text: ' held', startSeconds: 5, endSeconds: 12, confidence: 0.9 };
  const { hear } = createListener([[...say(1, 5), held, ...say(12, 19)], say(0.5, 4.5)]);
  const { words } = await hearWindow(makeWindow(), OPTIONS, hear);
  const position = words.findIndex(({ text }) => text === ' held');
  expect(words[position]?.endSeconds).toBeLessThanOrEqual(words[position + 1]?.startSeconds ?? 0);
  expect(words).toHaveLength(8 + 1 + 8 + 14);
});

test('a guess gets no words, and what stays without words is given up after two rounds', async () => {
  const { asked, hear } = createListener([say(1, 9), say(0, 9, 0.2)]);
  expect((await hearWindow(makeWindow(), OPTIONS, hear)).words).toHaveLength(16);
  const silent = createListener([]);
  expect((await hearWindow(makeWindow(), OPTIONS, silent.hear)).words).toEqual([]);
  expect(asked).toHaveLength(2);
  expect(silent.asked).toHaveLength(3);
});

test('where nobody listened for voices nothing is heard again', async () => {
  const { asked, hear } = createListener([say(1, 9)]);
  const { index, startSeconds, samples } = makeWindow();
  await hearWindow({ index, startSeconds, samples }, OPTIONS, hear);
  expect(asked).toHaveLength(1);
});
