import {
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type Segment,
  type TranscribeOptions,
  type Word,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';

const SEGMENT_WORDS_MAX = 5;
const SILENCE_AMPLITUDE = 1e-4;

/**
 * One word for each second of the window, named for its start in the recording in milliseconds: `t12500`. Read over a whole transcript the numbers must
 * rise without repeating, which shows lost, doubled or swapped windows at a glance. Silent samples give no words.
 */
export function fakeWindowResult(
  window: AudioWindow,
  options: TranscribeOptions,
  heard: { readonly language: string; readonly confidence: number } = { language: 'en', confidence: 0.99 },
): Omit<WindowResult, 'inferenceSeconds'> {
  if (!window.samples.some((sample) => Math.abs(sample) > SILENCE_AMPLITUDE))
    return { index: window.index, segments: [] };
  const words = fakeWords(window);
  const segments: Segment[] = [];
  for (let first = 0; first < words.length; first += SEGMENT_WORDS_MAX) {
    const own = words.slice(first, first + SEGMENT_WORDS_MAX);
    segments.push({
      text: own.map((word) => word.text).join(' '),
      startSeconds: own[0]?.startSeconds ?? 0,
      endSeconds: own.at(-1)?.endSeconds ?? 0,
      confidence: 0.9,
      words: options.wordTimes ? own : [],
    });
  }
  if (options.language !== undefined) return { index: window.index, language: options.language, segments };
  return { index: window.index, language: heard.language, languageConfidence: heard.confidence, segments };
}

function fakeWords(window: AudioWindow): Word[] {
  const durationSeconds = window.samples.length / SAMPLE_RATE_HZ;
  return Array.from({ length: Math.ceil(durationSeconds) }, (_, second) => {
    const startSeconds = window.startSeconds + second;
    return {
      text: `t${Math.round(startSeconds * 1000)}`,
      startSeconds,
      endSeconds: Math.min(startSeconds + 0.9, window.startSeconds + durationSeconds),
      confidence: 0.9,
    };
  });
}
