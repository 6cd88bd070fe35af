import { RequestProblem } from './request-problem.js';

export interface UploadSlots {
  /** Takes a slot and returns how to give it back (idempotent). Throws `uploads-busy` when all are taken. */
  take(): () => void;
  readonly taken: number;
}

const RETRY_SECONDS = '5';

/** How many uploads one process receives at once: each costs disk bandwidth, descriptors and a probe. */
export function createUploadSlots(concurrentMax: number): UploadSlots {
  let taken = 0;
  return {
    get taken() {
      return taken;
    },
    take() {
      if (taken >= concurrentMax) {
        throw new RequestProblem(
          503,
          'uploads-busy',
          `The server is receiving ${concurrentMax} files at once and takes no more. Try again in a few seconds.`,
          { headers: { 'retry-after': RETRY_SECONDS } },
        );
      }
      taken += 1;
      let given = false;
      return () => {
        if (given) return;
        given = true;
        taken -= 1;
      };
    },
  };
}
