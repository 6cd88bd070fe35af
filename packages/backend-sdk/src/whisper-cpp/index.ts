/** What every backend that runs whisper.cpp needs around it: checks before native code, and transcripts made from its tokens. */
export { checkRequest } from './check-request.js';
export { composeSegments } from './compose-segments.js';
export { checkGgmlFile, type GgmlHeader } from './ggml-header.js';
export { groupTokens, type TextToken } from './group-tokens.js';
export { missingInstructions, processorDevice } from './processor.js';
export type { UntimedWord } from './time-words.js';
export { isDigitalSilence, padSamples } from './window-samples.js';
