export { AUDIO_ERROR_CODES, AudioError, type AudioErrorCode, type AudioRetry } from './audio-error.js';
export { findAudioTools, type AudioTools, type AudioToolsOptions } from './audio-tools.js';
export type { Container, SniffedContainer } from './containers.js';
export type { EnergyEnvelope } from './energy-envelope.js';
export {
  planTranscription,
  WINDOW_SECONDS_MAX,
  type Plan,
  type PlanInput,
  type PlannedChunk,
  type PlannedWindow,
} from './plan-transcription.js';
export { prepareAudio, type PrepareOptions } from './prepare-audio.js';
export type { PreparedAudio, PrepareLimits, SoundOutline } from './prepare-messages.js';
export { probeAudio, type ProbedAudio, type ProbeOptions } from './probe-audio.js';
export { readWindowSamples, type ReadWorkFile } from './read-window-samples.js';
export { SNIFF_BYTES, sniffContainer } from './sniff-container.js';
export type { Span } from './span.js';
