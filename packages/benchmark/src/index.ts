export {
  characterErrorRate,
  wordErrorRate,
  type CharacterErrorRate,
  type ErrorRate,
  type WordErrorRate,
} from './error-rate.js';
export { normalizeText } from './normalize-text.js';
