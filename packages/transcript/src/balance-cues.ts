import type { TimedPiece } from './timed-pieces.js';
import { columnsOf } from './wrap-lines.js';

/** A cue that is gone before it was read. */
const SECONDS_POOR = 1;
/** A single word of so many columns is no cue of its own. */
const COLUMNS_POOR = 12;
const CLAUSE_END = /[.!?…,;:。！？、]["'”’»」』)\]]*$/u;
/** What a break behind punctuation may cost in balance. */
const CLAUSE_SECONDS = 1.5;

type Group = readonly TimedPiece[];

/**
 * Shares out pieces again where filling cues one after another left a scrap: a cue shorter than a second, or of one short word. The scrap joins its
 * neighbour when both fit into one cue; else the two are cut anew where both last about as long, rather behind a comma.
 *
 * @param fits whether pieces can be one cue
 */
export function balanceCues(groups: readonly Group[], fits: (group: Group) => boolean): Group[] {
  const balanced = [...groups];
  // From the end: a scrap is what was left over behind a full cue.
  for (let index = balanced.length - 1; index > 0; index--) {
    const [one, other] = [balanced[index - 1] ?? [], balanced[index] ?? []];
    if (!isPoor(one) && !isPoor(other)) continue;
    const better = shareOut([...one, ...other], fits);
    if (better !== undefined) balanced.splice(index - 1, 2, ...better);
  }
  return balanced;
}

/** One cue or two without a scrap, or undefined when there is no such way. */
function shareOut(pieces: Group, fits: (group: Group) => boolean): readonly Group[] | undefined {
  if (fits(pieces)) return [pieces];
  let best: { readonly groups: readonly Group[]; readonly cost: number } | undefined;
  for (let at = 1; at < pieces.length; at++) {
    const groups = [pieces.slice(0, at), pieces.slice(at)] as const;
    if (groups.some((group) => isPoor(group) || !fits(group))) continue;
    const bonus = CLAUSE_END.test(pieces[at - 1]?.text ?? '') ? CLAUSE_SECONDS : 0;
    const cost = Math.abs(secondsOf(groups[0]) - secondsOf(groups[1])) - bonus;
    if (best === undefined || cost < best.cost) best = { groups, cost };
  }
  return best?.groups;
}

function isPoor(group: Group): boolean {
  if (secondsOf(group) < SECONDS_POOR) return true;
  const [first, ...more] = group;
  return first !== undefined && more.length === 0 && columnsOf(first.text) < COLUMNS_POOR;
}

function secondsOf(group: Group): number {
  return (group.at(-1)?.endSeconds ?? 0) - (group[0]?.startSeconds ?? 0);
}
