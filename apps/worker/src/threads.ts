import type { Config } from '@voice-transcriber/config';
import { availableCores } from '@voice-transcriber/telemetry';

/** Whisper gains nothing from more. */
const THREADS_MAX = 8;

/** Threads of one inference process on this machine. */
export function threadsOf({ inference }: Config): number {
  return inference.threads ?? Math.min(availableCores(), THREADS_MAX);
}
