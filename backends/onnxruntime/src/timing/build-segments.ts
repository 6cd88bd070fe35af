import type { Segment } from '@voice-transcriber/backend-sdk';
import type { TimedWord } from './time-words.js';

/** A pause this long ends a segment. */
const PAUSE_SECONDS = 1;
/** Two lines of 42 characters, and the time that they may stand: subtitles are made of segments. */
const SEGMENT_CHARACTERS_MAX = 84;
const SEGMENT_SECONDS_MAX = 8;
/** A full stop after a short word with no pause is an abbreviation: "Mr. Quilter". */
const ABBREVIATION_CHARACTERS_MAX = 4;
const SENTENCE_PAUSE_SECONDS = 0.06;

const SENTENCE_END = /[.?!。？！…]["'”’)\]」』]*$/u;
const CLAUSE_END = /[,;:，、；：]["'”’)\]」』]*$/u;

export interface SegmentOptions {
  /** Where the window begins in the recording. */
  readonly offsetSeconds: number;
  readonly wordTimes: boolean;
}

/** Joins words to segments: sentences, cut at pauses, and where they are too long at the last comma or between words. */
export function buildSegments(words: readonly TimedWord[], options: SegmentOptions): readonly Segment[] {
  const segments: Segment[] = [];
  let current: TimedWord[] = [];
  for (const [index, word] of words.entries()) {
    current.push(word);
    while (isTooLong(current) && current.length > 1) {
      const cut = findCut(current);
      segments.push(toSegment(current.slice(0, cut), options));
      current = current.slice(cut);
    }
    if (endsSegment(word, words[index + 1]) && current.length > 0) {
      segments.push(toSegment(current, options));
      current = [];
    }
  }
  return current.length > 0 ? [...segments, toSegment(current, options)] : segments;
}

function endsSegment(word: TimedWord, next: TimedWord | undefined): boolean {
  if (next === undefined) return true;
  const pauseSeconds = next.startSeconds - word.endSeconds;
  if (pauseSeconds >= PAUSE_SECONDS) return true;
  if (!SENTENCE_END.test(word.text)) return false;
  const maybeAbbreviation = word.text.endsWith('.') && word.text.trim().length <= ABBREVIATION_CHARACTERS_MAX;
  return !maybeAbbreviation || pauseSeconds >= SENTENCE_PAUSE_SECONDS;
}

function isTooLong(words: readonly TimedWord[]): boolean {
  const first = words[0] as TimedWord;
  const last = words.at(-1) as TimedWord;
  return joinText(words).length > SEGMENT_CHARACTERS_MAX || last.endSeconds - first.startSeconds > SEGMENT_SECONDS_MAX;
}

/** How many words go into the segment that is cut off: up to the last clause of its second half, else all but the newest. */
function findCut(words: readonly TimedWord[]): number {
  for (let count = words.length - 1; count > words.length / 3; count--) {
    if (CLAUSE_END.test((words[count - 1] as TimedWord).text)) return count;
  }
  return words.length - 1;
}

function toSegment(words: readonly TimedWord[], { offsetSeconds, wordTimes }: SegmentOptions): Segment {
  const timed = words.map((word) => ({
    text: word.text.trim(),
    startSeconds: offsetSeconds + word.startSeconds,
    endSeconds: offsetSeconds + word.endSeconds,
    confidence: word.confidence,
  }));
  return {
    text: joinText(words),
    startSeconds: timed[0]?.startSeconds ?? offsetSeconds,
    endSeconds: timed.at(-1)?.endSeconds ?? offsetSeconds,
    confidence: timed.reduce((sum, word) => sum + word.confidence, 0) / timed.length,
    words: wordTimes ? timed : [],
  };
}

function joinText(words: readonly TimedWord[]): string {
  return words
    .map((word) => word.text)
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}
