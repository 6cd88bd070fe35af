import type { Checkpoint } from '../checkpoint/read-checkpoint.js';
import { isMultilingual } from '../checkpoint/hyper-parameters.js';
import { deriveSpecialTokens, type SpecialTokens } from './special-tokens.js';
import { createTokenizer, type Tokenizer } from './tokenizer.js';

/** The text side of one model. */
export interface ModelVocabulary {
  readonly tokenizer: Tokenizer;
  readonly special: SpecialTokens;
  readonly multilingual: boolean;
}

export function createModelVocabulary({ hyperParameters, tokens }: Checkpoint): ModelVocabulary {
  const special = deriveSpecialTokens(hyperParameters);
  return {
    tokenizer: createTokenizer(tokens.slice(0, special.endOfText)),
    special,
    multilingual: isMultilingual(hyperParameters),
  };
}
