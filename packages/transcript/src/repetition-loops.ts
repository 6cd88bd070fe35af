import { deflateSync } from 'node:zlib';
import type { Segment } from '@voice-transcriber/backend-sdk';
import { isSpaceless, tidy } from './spaceless-text.js';

/** Words that a model said over and over, which speech hardly ever does. */
export interface RepetitionLoop {
  /** Positions in the list that was searched; both belong to the loop. */
  readonly firstSegment: number;
  readonly lastSegment: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** `repeated-phrase`: the same words again and again. `compressible-text`: nearly the same words, as Whisper itself judges a failed decode. */
  readonly evidence: 'repeated-phrase' | 'compressible-text';
  /** What is repeated, lower-case and without punctuation; for compressible text the beginning of the segment. */
  readonly phrase: string;
  /** How often the phrase was found; 1 for compressible text. */
  readonly repetitions: number;
}

type SearchedSegment = Pick<Segment, 'text' | 'startSeconds' | 'endSeconds'>;

interface Token {
  readonly text: string;
  readonly segment: number;
}

/** The longest phrase that is looked for: loops are a sentence or two at most. */
const PHRASE_TOKENS_MAX = 40;
/** Bytes of the text over bytes of its deflated form. Speech is below 2; the bound is the one of Whisper's own decoder. */
const COMPRESSION_RATIO_MAX = 2.4;
const PHRASE_SHOWN_CHARACTERS_MAX = 80;

/** A person may say one word five times ("no, no, no, no, no"), a whole sentence hardly four times. */
function repetitionsNeeded(phraseTokens: number): number {
  if (phraseTokens === 1) return 8;
  return phraseTokens <= 3 ? 6 : 4;
}

/** Finds loops inside segments and across neighbours, in order of their first segment. */
export function findRepetitionLoops(segments: readonly SearchedSegment[]): RepetitionLoop[] {
  const repeated = findRepeatedPhrases(segments);
  const compressible = segments.flatMap((segment, index) => {
    const isKnown = repeated.some((loop) => loop.firstSegment <= index && index <= loop.lastSegment);
    if (isKnown || compressionRatio(segment.text) <= COMPRESSION_RATIO_MAX) return [];
    const phrase = tidy(segment.text).slice(0, PHRASE_SHOWN_CHARACTERS_MAX);
    return [loopOf(segments, index, index, { evidence: 'compressible-text', phrase, repetitions: 1 })];
  });
  return [...repeated, ...compressible].sort((left, right) => left.firstSegment - right.firstSegment);
}

function findRepeatedPhrases(segments: readonly SearchedSegment[]): RepetitionLoop[] {
  const tokens = segments.flatMap((segment, index) => tokenize(segment.text).map((text) => ({ text, segment: index })));
  const loops: RepetitionLoop[] = [];
  for (let position = 0; position < tokens.length;) {
    const run = runAt(tokens, position);
    if (!run) {
      position += 1;
      continue;
    }
    const phrase = joinTokens(tokens.slice(position, position + run.phraseTokens));
    const first = tokens[position]?.segment ?? 0;
    const last = tokens[position + run.tokenCount - 1]?.segment ?? first;
    loops.push(loopOf(segments, first, last, { evidence: 'repeated-phrase', phrase, repetitions: run.repetitions }));
    position += run.tokenCount;
  }
  return loops;
}

/** The shortest phrase that repeats often enough from here on, with all its repetitions; a half one at the end belongs to it. */
function runAt(tokens: readonly Token[], start: number) {
  for (let phraseTokens = 1; phraseTokens <= PHRASE_TOKENS_MAX; phraseTokens += 1) {
    let end = start + phraseTokens;
    while (end < tokens.length && tokens[end]?.text === tokens[end - phraseTokens]?.text) end += 1;
    const tokenCount = end - start;
    const repetitions = Math.floor(tokenCount / phraseTokens);
    if (repetitions >= repetitionsNeeded(phraseTokens)) return { phraseTokens, repetitions, tokenCount };
  }
  return undefined;
}

function loopOf(
  segments: readonly SearchedSegment[],
  firstSegment: number,
  lastSegment: number,
  finding: Pick<RepetitionLoop, 'evidence' | 'phrase' | 'repetitions'>,
): RepetitionLoop {
  const startSeconds = segments[firstSegment]?.startSeconds ?? 0;
  const endSeconds = segments[lastSegment]?.endSeconds ?? startSeconds;
  return { firstSegment, lastSegment, startSeconds, endSeconds, ...finding };
}

function compressionRatio(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length / deflateSync(bytes).length;
}

/** Words, or characters where words have no spaces between them. */
function tokenize(text: string): string[] {
  const words =
    text
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.flatMap((word) => (isSpaceless(word) ? [...word] : [word]));
}

function joinTokens(tokens: readonly Token[]): string {
  return tokens.reduce(
    (phrase, { text }) => (phrase === '' || isSpaceless(text) ? phrase + text : `${phrase} ${text}`),
    '',
  );
}
