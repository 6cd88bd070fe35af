import type { Word } from '../index.js';
import type { Span } from './speech-activity.js';

/** A word before its time is known. */
export type UntimedWord = Pick<Word, 'text' | 'confidence'>;

/** How far a pause may lie from where a break is expected: readers vary in pace. */
const DISTANCE_SECONDS_MAX = 1.5;
/** A pause is believed to stand for punctuation rather than for a break that lies this much nearer. */
const SENTENCE_BONUS_SECONDS = 1;
const CLAUSE_BONUS_SECONDS = 0.6;
const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*$/u;
const CLAUSE_END = /[,;:–—、，；：]["'”’»)\]]*$/u;
const WORD_SECONDS_MIN = 0.02;

/**
 * Gives words their times from where the window sounds.
 *
 * Decoding without timestamp tokens hears more (with them the model skips sentences), but tells no times. Speech has a steady pace: a word takes time by its
 * length, sound by sound. The longest pause is matched first, to the break between words that lies near it, rather one with punctuation; each side is then
 * treated alike, until only stretches without pauses are left. Times rise, never overlap, and lie inside the speech.
 */
export function timeWords(words: readonly UntimedWord[], speech: readonly Span[]): Word[] {
  if (words.length === 0 || speech.length === 0) return [];
  const split = findSplit(words, speech);
  if (split === undefined) return spread(words, speech);
  return [
    ...timeWords(words.slice(0, split.wordCount), speech.slice(0, split.spanCount)),
    ...timeWords(words.slice(split.wordCount), speech.slice(split.spanCount)),
  ];
}

/** The longest pause that has a break between words near it. */
function findSplit(
  words: readonly UntimedWord[],
  speech: readonly Span[],
): { readonly wordCount: number; readonly spanCount: number } | undefined {
  if (words.length < 2) return undefined;
  const soundSeconds = durationOf(speech);
  const weights = words.map(({ text }) => weightOf(text));
  const secondsPerWeight = soundSeconds / sum(weights);
  const pauses = speech
    .slice(1)
    .map((span, at) => ({ spanCount: at + 1, seconds: span.startSeconds - (speech[at]?.endSeconds ?? 0) }))
    .sort((one, other) => other.seconds - one.seconds);
  for (const { spanCount } of pauses) {
    const soundBefore = durationOf(speech.slice(0, spanCount));
    let expected = 0;
    let best: { wordCount: number; cost: number } | undefined;
    for (let wordCount = 1; wordCount < words.length; wordCount++) {
      expected += (weights[wordCount - 1] ?? 0) * secondsPerWeight;
      const distance = Math.abs(expected - soundBefore);
      if (distance > DISTANCE_SECONDS_MAX) continue;
      const cost = distance - bonusOf(words[wordCount - 1]?.text ?? '');
      if (best === undefined || cost < best.cost) best = { wordCount, cost };
    }
    if (best !== undefined) return { wordCount: best.wordCount, spanCount };
  }
  return undefined;
}

function bonusOf(text: string): number {
  if (SENTENCE_END.test(text)) return SENTENCE_BONUS_SECONDS;
  return CLAUSE_END.test(text) ? CLAUSE_BONUS_SECONDS : 0;
}

/** Shares the sounding time among the words by their weight; pauses inside are jumped over. */
function spread(words: readonly UntimedWord[], speech: readonly Span[]): Word[] {
  const weights = words.map(({ text }) => weightOf(text));
  const secondsPerWeight = durationOf(speech) / sum(weights);
  let soundSeconds = 0;
  let previousEndSeconds = speech[0]?.startSeconds ?? 0;
  return words.map(({ text, confidence }, at) => {
    const startSeconds = Math.max(previousEndSeconds, locate(speech, soundSeconds, 'start'));
    soundSeconds += (weights[at] ?? 0) * secondsPerWeight;
    const endSeconds = Math.max(startSeconds, locate(speech, soundSeconds, 'end'));
    previousEndSeconds = endSeconds;
    return { text, startSeconds, endSeconds, confidence };
  });
}

/** The moment at which so many seconds have sounded. At a pause: its end for a word that starts, its start for one that ends. */
function locate(speech: readonly Span[], soundSeconds: number, edge: 'start' | 'end'): number {
  let left = soundSeconds;
  for (const [at, span] of speech.entries()) {
    const seconds = span.endSeconds - span.startSeconds;
    const isInside = edge === 'end' ? left <= seconds + 1e-9 : left < seconds - 1e-9;
    if (isInside || at === speech.length - 1) return span.startSeconds + Math.min(left, seconds);
    left -= seconds;
  }
  return 0;
}

/** How long a word is to say: letters, a character of a script of syllables for two, a digit for a short word. */
function weightOf(text: string): number {
  let weight = 1;
  for (const character of text) {
    if (/\p{N}/u.test(character)) weight += 4;
    else if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(character)) weight += 2;
    else if (/\p{L}/u.test(character)) weight += 1;
  }
  return weight;
}

function durationOf(speech: readonly Span[]): number {
  return sum(speech.map(({ startSeconds, endSeconds }) => endSeconds - startSeconds));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Moves times into the recording, and makes every word at least a moment long inside the window. */
export function placeInRecording(words: readonly Word[], window: Span): Word[] {
  const shortest = Math.min(WORD_SECONDS_MIN, (window.endSeconds - window.startSeconds) / Math.max(1, words.length));
  let previousEndSeconds = window.startSeconds;
  return words.map((word, position) => {
    // Room is left for the words that follow.
    const latestEndSeconds = window.endSeconds - (words.length - position - 1) * shortest;
    const startSeconds = clamp(
      window.startSeconds + word.startSeconds,
      previousEndSeconds,
      latestEndSeconds - shortest,
    );
    const endSeconds = clamp(window.startSeconds + word.endSeconds, startSeconds + shortest, latestEndSeconds);
    previousEndSeconds = endSeconds;
    return { ...word, startSeconds, endSeconds };
  });
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
