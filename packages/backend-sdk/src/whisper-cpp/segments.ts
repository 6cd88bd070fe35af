import type { Segment, Word } from '../index.js';

/** A pause in the middle of a clause must be long to end a segment, since word times are estimates. */
const PAUSE_SECONDS_MIN = 1.5;
const CLAUSE_PAUSE_SECONDS_MIN = 0.5;
const SEGMENT_SECONDS_MAX = 12;
const SEGMENT_CHARACTERS_MAX = 160;
/** A comma ends a segment only when it has become this long. */
const CLAUSE_CHARACTERS_MIN = 80;
const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*$/u;
const CLAUSE_END = /[,;:，、；：]["'”’»)\]]*$/u;
const UNSPACED_EDGE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{P}]/u;

/** Cuts words into sentence-like segments: at the end of a sentence, at a pause, at a comma of a long clause, and before they become unreadable. */
export function segmentsOf(words: readonly Word[]): Segment[] {
  const groups: Word[][] = [];
  for (const word of words) {
    const group = groups.at(-1);
    if (group === undefined || endsBefore(group, word)) groups.push([word]);
    else group.push(word);
  }
  return groups.map(toSegment);
}

function endsBefore(group: readonly Word[], next: Word): boolean {
  const last = group.at(-1);
  const first = group[0];
  if (last === undefined || first === undefined) return false;
  const characters = joinWords(group).length;
  const pauseSeconds = next.startSeconds - last.endSeconds;
  const endsClause = CLAUSE_END.test(last.text);
  return (
    SENTENCE_END.test(last.text) ||
    pauseSeconds >= PAUSE_SECONDS_MIN ||
    (endsClause && (pauseSeconds >= CLAUSE_PAUSE_SECONDS_MIN || characters >= CLAUSE_CHARACTERS_MIN)) ||
    characters + next.text.length > SEGMENT_CHARACTERS_MAX ||
    next.endSeconds - first.startSeconds > SEGMENT_SECONDS_MAX
  );
}

function toSegment(words: readonly Word[]): Segment {
  return {
    text: joinWords(words),
    startSeconds: words[0]?.startSeconds ?? 0,
    endSeconds: words.at(-1)?.endSeconds ?? 0,
    confidence: words.reduce((total, { confidence }) => total + confidence, 0) / Math.max(1, words.length),
    words,
  };
}

/** Spaces between words, but not where a script has none. */
export function joinWords(words: readonly Word[]): string {
  let text = '';
  for (const word of words) {
    const isTight = text === '' || (UNSPACED_EDGE.test(text.slice(-1)) && UNSPACED_START.test(word.text));
    text += isTight ? word.text : ` ${word.text}`;
  }
  return text;
}

const UNSPACED_START =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
