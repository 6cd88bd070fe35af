import type { HyperParameters } from '../checkpoint/hyper-parameters.js';
import { findNonSpeechTokens } from './non-speech-tokens.js';
import type { SpecialTokens } from './special-tokens.js';
import type { Tokenizer } from './tokenizer.js';

/** Large enough to rule a token out, small enough that sums stay finite. */
export const FORBIDDEN = -1e30;

/** Rows of the rule table. */
export const RULE_TEXT = 0;
export const RULE_FIRST_TOKEN = 1;

/**
 * What may be said, as vectors that are added to the logits: [any text token, the first token].
 *
 * Never: annotations, and every special token but the end of text (times come from alignment, so time tokens are never wanted). At first in addition:
 * a lone space and the end of text, as Whisper's `SuppressBlank` has it.
 */
export function createTokenRules(
  shape: HyperParameters,
  special: SpecialTokens,
  tokenizer: Tokenizer,
): readonly [text: Float32Array, firstToken: Float32Array] {
  const text = new Float32Array(shape.vocabularySize);
  for (const token of findNonSpeechTokens(tokenizer)) text[token] = FORBIDDEN;
  text.fill(FORBIDDEN, special.endOfText + 1);
  const firstToken = text.slice();
  firstToken[special.endOfText] = FORBIDDEN;
  for (const token of tokenizer.encode(' ')) firstToken[token] = FORBIDDEN;
  return [text, firstToken];
}
