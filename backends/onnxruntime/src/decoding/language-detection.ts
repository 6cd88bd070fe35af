import type { SpecialTokens } from '../vocabulary/special-tokens.js';
import { logSumExp } from './probabilities.js';

export interface DetectedLanguage {
  /** ISO 639-1, or 639-3 where there is no shorter code. */
  readonly language: string;
  /** 0..1, among the languages that the model knows. */
  readonly confidence: number;
}

/** Reads the language off the logits that follow the start of a transcript. */
export function detectLanguage(logits: Float32Array, special: SpecialTokens): DetectedLanguage {
  const scores = [...special.languages.values()].map((token) => logits[token] as number);
  const total = logSumExp(scores);
  let best = { language: 'en', score: -Infinity };
  let index = 0;
  for (const language of special.languages.keys()) {
    const score = scores[index++] as number;
    if (score > best.score) best = { language, score };
  }
  return { language: best.language, confidence: Math.exp(best.score - total) };
}
