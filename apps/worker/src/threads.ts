import type { Config } from '@voice-transcriber/config';
import { availableCores } from '@voice-transcriber/telemetry';

/** Whisper gains nothing from more. */
const THREADS_MAX = 8;

/** Threads of one inference process on this machine, however many windows it works on at once: never more than the container has cores. */
export function threadsOf({ inference }: Config): number {
  return Math.min(inference.threads ?? THREADS_MAX, availableCores());
}
