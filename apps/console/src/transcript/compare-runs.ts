import { diffArrays } from 'diff';
import type { Segment } from '../job/job-state';

export interface DiffPart {
  readonly text: string;
  /** `ours`: only here; `theirs`: only in the other run; `both`: the same. */
  readonly side: 'both' | 'ours' | 'theirs';
}

export interface RunComparison {
  /** By segment of this run. */
  readonly parts: ReadonlyMap<string, readonly DiffPart[]>;
  readonly words: number;
  readonly different: number;
}

interface PlacedWord {
  readonly text: string;
  readonly key: string;
  readonly segmentId: string;
  readonly middleSeconds: number;
  readonly endSeconds: number;
  readonly startSeconds: number;
}

/** Long enough that few cuts are needed, short enough that comparing a block is a matter of milliseconds. */
const BLOCK_WORDS = 300;
/** A cut is looked for among so many words behind the wanted length: where the pause is longest, both runs agree on what comes before. */
const CUT_SEARCH_WORDS = 100;

/** Case and punctuation are no difference in what was heard. */
const toKey = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}']/gu, '') || text;

function placeWords(segments: readonly Segment[]): readonly PlacedWord[] {
  return segments.flatMap((segment) => {
    const { id, text, startSeconds, endSeconds } = segment;
    const written = text.split(/\s+/).filter((word) => word !== '');
    const step = (endSeconds - startSeconds) / Math.max(1, written.length);
    return written.map((word, index) => {
      const timed = segment.words.length === written.length ? segment.words[index] : undefined;
      const start = timed?.startSeconds ?? startSeconds + index * step;
      const end = timed?.endSeconds ?? start + step;
      return {
        text: word,
        key: toKey(word),
        segmentId: id,
        startSeconds: start,
        endSeconds: end,
        middleSeconds: (start + end) / 2,
      };
    });
  });
}

/** Where a block that begins at `from` ends: behind the word before the longest pause. */
function findCut(words: readonly PlacedWord[], from: number): number {
  let cut = Math.min(words.length, from + BLOCK_WORDS);
  let longest = -1;
  for (let index = cut; index < Math.min(words.length, from + BLOCK_WORDS + CUT_SEARCH_WORDS); index++) {
    const pause = (words[index]?.startSeconds ?? 0) - (words[index - 1]?.endSeconds ?? 0);
    if (pause <= longest) continue;
    longest = pause;
    cut = index;
  }
  return from + BLOCK_WORDS + CUT_SEARCH_WORDS >= words.length ? words.length : cut;
}

function diffBlock(ours: readonly PlacedWord[], theirs: readonly PlacedWord[], parts: Map<string, DiffPart[]>): number {
  let different = 0;
  let segmentId = ours[0]?.segmentId;
  let position = 0;
  const put = (id: string | undefined, part: DiffPart) => {
    if (id !== undefined) parts.set(id, [...(parts.get(id) ?? []), part]);
  };
  const changes = diffArrays([...ours], [...theirs], { comparator: (left, right) => left.key === right.key });
  for (const { added, removed, value } of changes) {
    if (added) {
      put(segmentId, { text: value.map(({ text }) => text).join(' '), side: 'theirs' });
      different += value.length;
      continue;
    }
    for (let count = 0; count < value.length; count++) {
      const word = ours[position++];
      if (word === undefined) continue;
      segmentId = word.segmentId;
      put(segmentId, { text: word.text, side: removed ? 'ours' : 'both' });
    }
    if (removed) different += value.length;
  }
  return different;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * Compares two runs of one recording word by word, without regard to case and punctuation.
 *
 * Both are cut at the same pauses, and each block is compared by itself, so that hours of speech are compared while the page answers. Resolves to undefined
 * when `signal` aborts.
 */
export async function compareRuns(
  ours: readonly Segment[],
  theirs: readonly Segment[],
  signal: AbortSignal,
): Promise<RunComparison | undefined> {
  const mine = placeWords(ours);
  const others = placeWords(theirs);
  const parts = new Map<string, DiffPart[]>();
  let different = 0;
  let other = 0;
  for (let from = 0; from < mine.length;) {
    const cut = findCut(mine, from);
    const border =
      cut === mine.length ? Infinity : ((mine[cut - 1]?.endSeconds ?? 0) + (mine[cut]?.startSeconds ?? 0)) / 2;
    let otherCut = other;
    while (otherCut < others.length && (others[otherCut]?.middleSeconds ?? 0) < border) otherCut += 1;
    different += diffBlock(mine.slice(from, cut), others.slice(other, otherCut), parts);
    from = cut;
    other = otherCut;
    await nextTurn();
    if (signal.aborted) return undefined;
  }
  return { parts, words: mine.length, different };
}
