import { eq } from 'drizzle-orm';
import type { WindowResult } from '@voice-transcriber/backend-sdk';
import { transcriptions, type Transaction } from '@voice-transcriber/db';
import { guardClaim } from './claims.js';
import type { Window } from './commit-window.js';
import type { HeldClaim } from './lease.js';

/** A cough of a window does not vote. */
const VOTER_SECONDS_MIN = 3;
const VOTERS_MAX = 3;
/** For engines that name a language but do not say how sure they are. */
const CONFIDENCE_UNKNOWN = 0.5;
/** A window that differs keeps its own language only when it is this sure and this long: somebody really speaks it there. */
const OWN_LANGUAGE_CONFIDENCE_MIN = 0.8;
const OWN_LANGUAGE_SECONDS_MIN = 10;

export interface HeardWindow {
  readonly window: Window;
  readonly result: WindowResult;
}

/**
 * Settles the language of a recording from the first three windows of some length in which somebody speaks, each weighted by its seconds and by how sure the
 * model was. Which windows vote follows from their place in the recording, not from who is done first, so that an interrupted run settles the same.
 */
export class LanguageVote {
  readonly #candidates: readonly Window[];
  readonly #heard = new Map<number, WindowResult>();

  constructor(windows: readonly Window[]) {
    this.#candidates = windows.filter((window) => secondsOf(window) >= VOTER_SECONDS_MIN);
  }

  hear({ window, result }: HeardWindow): void {
    this.#heard.set(window.index, result);
  }

  /** The winner, once every voter is heard; undefined before, and when there is no voter. */
  findWinner(): string | undefined {
    const votes = new Map<string, number>();
    let voters = 0;
    for (const window of this.#candidates) {
      const result = this.#heard.get(window.index);
      if (result === undefined) return undefined;
      if (!hasVoice(result)) continue;
      const { language, languageConfidence = CONFIDENCE_UNKNOWN } = result;
      votes.set(language, (votes.get(language) ?? 0) + languageConfidence * secondsOf(window));
      voters += 1;
      if (voters === VOTERS_MAX) break;
    }
    const [winner] = [...votes].sort((one, other) => other[1] - one[1]);
    return winner?.[0];
  }
}

/** Whether somebody was heard to speak a language. */
export function hasVoice(result: WindowResult): result is WindowResult & { readonly language: string } {
  return result.segments.length > 0 && result.language !== undefined;
}

/** Whether a window was taken for another language than the recording's without good reason. */
export function isMisheard({ window, result }: HeardWindow, language: string): boolean {
  if (!hasVoice(result) || result.language === language) return false;
  const isSure = (result.languageConfidence ?? 0) >= OWN_LANGUAGE_CONFIDENCE_MIN;
  return !(isSure && secondsOf(window) >= OWN_LANGUAGE_SECONDS_MIN);
}

/** Stores the language of a transcription and returns it; the first of its chunks to settle one settles it for all. */
export async function settleLanguage(
  transaction: Transaction,
  { claim, workerId, language }: { readonly claim: HeldClaim; readonly workerId: string; readonly language: string },
): Promise<string> {
  const transcription = await guardClaim(transaction, claim, workerId);
  if (transcription.language !== null) return transcription.language;
  await transaction.update(transcriptions).set({ language }).where(eq(transcriptions.id, transcription.id));
  return language;
}

function secondsOf({ startSeconds, endSeconds }: Window): number {
  return endSeconds - startSeconds;
}
